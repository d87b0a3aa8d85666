//! Two processes talk through a queue: one writes, one reads.

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

const VALUES: [char; 3] = ['A', 'B', 'C'];

fn write(q: &IpcSender<Message>) {
    println!("Process to write: {}", process::id());
    for value in VALUES {
        println!("Put {value} to queue...");
        q.send(Message { value }).expect("the reader is there");
        sleep(Duration::from_secs_f64(rand::random())); // 0 to 1 s
    }
}

fn read(q: IpcReceiver<Message>, printed: IpcSender<()>) {
    println!("Process to read: {}", process::id());
    loop {
        let Message { value } = q.recv().expect("there is always a sender left");
        println!("Get {value} from queue.");
        printed.send(()).expect("the parent is there"); // only now does the parent hear of it
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (put, get) = ipc::channel()?;
    let mut pw = Process::spawn(|| write(&put))?;
    let (printed, heard) = ipc::channel()?;
    let mut pr = Process::spawn(|| read(get, printed))?;

    pw.join()?;
    // Everything has been put. Terminating the reader now could lose what it has not printed yet.
    for _ in VALUES {
        heard.recv()?;
    }
    pr.terminate()?; // it would loop for ever
    pr.join()?;
    Ok(())
}
