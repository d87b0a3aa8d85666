//! Nothing is left where nothing was.

fn main() {
    println!("nothing is left");
}
