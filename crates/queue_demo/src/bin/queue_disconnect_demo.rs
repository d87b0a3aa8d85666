//! The reader ends by itself, when the last sender is gone.

use std::error::Error;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use ipc_channel::ipc::{self, IpcReceiver, IpcSender};
use multiprocess::Process;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Message {
    value: char,
}

fn write(q: IpcSender<Message>) {
    println!("Process to write: {}", process::id());
    for value in ['A', 'B', 'C'] {
        println!("Put {value} to queue...");
        q.send(Message { value }).expect("the reader is there");
        sleep(Duration::from_secs_f64(rand::random())); // 0 to 1 s
    }
}

fn read(q: IpcReceiver<Message>) {
    println!("Process to read: {}", process::id());
    // An error here means: the queue is empty, and no process holds a sender any more.
    while let Ok(Message { value }) = q.recv() {
        println!("Get {value} from queue.");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (put, get) = ipc::channel()?;
    // `put` moves to the writer. Were the parent, or the reader, to keep a copy, the reader would wait for ever.
    let mut pw = Process::spawn(|| write(put))?;
    let mut pr = Process::spawn(|| read(get))?;

    pw.join()?;
    pr.join()?;
    Ok(())
}
