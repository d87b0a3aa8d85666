//! All processes share one queue. The reader ends when it gets the value that means "the end".

use std::error::Error;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use multiprocess::{Process, Queue};

/// `None` is the end.
type Message = Option<char>;

fn write(q: &Queue<Message>) {
    println!("Process to write: {}", process::id());
    for value in ['A', 'B', 'C'] {
        println!("Put {value} to queue...");
        q.put(Some(value)).expect("a character fits");
        sleep(Duration::from_secs_f64(rand::random())); // 0 to 1 s
    }
}

fn read(q: &Queue<Message>) {
    println!("Process to read: {}", process::id());
    while let Some(value) = q.get().expect("what was put can be got") {
        println!("Get {value} from queue.");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let q = Queue::new()?; // made before the processes, so that both have it
    let mut pw = Process::spawn(|| write(&q))?;
    let mut pr = Process::spawn(|| read(&q))?;

    pw.join()?;
    q.put(None)?; // behind everything that the writer has put
    pr.join()?;
    Ok(())
}
