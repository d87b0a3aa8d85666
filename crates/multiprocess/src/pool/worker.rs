//! What a worker process does: run one task after the other, until the owner hangs up.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::TaskError;
use super::task::Code;

thread_local! {
    static PANIC: RefCell<Option<TaskError>> = const { RefCell::new(None) };
}

pub(super) fn run(mut channel: UnixStream) -> io::Result<()> {
    // SAFETY: ignoring a signal installs no code. The owner decides what Ctrl-C means.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
    std::panic::set_hook(Box::new(|info| {
        let error = TaskError::Panicked {
            message: message(info.payload()),
            place: info.location().map_or_else(String::new, ToString::to_string),
        };
        PANIC.with(|panic| *panic.borrow_mut() = Some(error));
    }));
    while let Some(frame) = receive(&mut channel)? {
        let (address, argument) = frame.split_at(size_of::<usize>());
        let mut bytes = [0; size_of::<usize>()];
        bytes.copy_from_slice(address);
        // SAFETY: the owner wrote the address of a `Code`, and this process is a copy of the owner.
        let code = unsafe { std::mem::transmute::<usize, Code>(usize::from_ne_bytes(bytes)) };
        let answer = catch_unwind(AssertUnwindSafe(|| code(argument)));
        send(&mut channel, &encode(answer))?;
    }
    Ok(())
}

fn message(payload: &dyn std::any::Any) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "(the panic's payload is not text)".to_owned(),
    }
}

type Payload = Box<dyn std::any::Any + Send>;

fn encode(answer: Result<Result<Vec<u8>, String>, Payload>) -> Vec<u8> {
    let (tag, first, second) = match answer {
        Ok(Ok(bytes)) => return [&[0], bytes.as_slice()].concat(),
        Ok(Err(message)) => (1, message, String::new()),
        Err(payload) => {
            std::mem::forget(payload);
            match PANIC.take() {
                Some(TaskError::Panicked { message, place }) => (2, message, place),
                _ => (2, "(no message)".to_owned(), String::new()),
            }
        }
    };
    [&[tag], first.as_bytes(), &[0], second.as_bytes()].concat()
}

pub(super) fn decode(frame: &[u8]) -> Result<Vec<u8>, TaskError> {
    let (tag, rest) = frame.split_first().unwrap_or((&1, &[]));
    if *tag == 0 {
        return Ok(rest.to_vec());
    }
    let text = String::from_utf8_lossy(rest);
    let (message, place) = text.rsplit_once('\0').unwrap_or((&text, ""));
    Err(match tag {
        1 => TaskError::Encoding(message.to_owned()),
        _ => TaskError::Panicked { message: message.to_owned(), place: place.to_owned() },
    })
}

pub(super) fn send(channel: &mut UnixStream, frame: &[u8]) -> io::Result<()> {
    channel.write_all(&(frame.len() as u64).to_ne_bytes())?;
    channel.write_all(frame)
}

/// `None` when the other side hung up.
pub(super) fn receive(channel: &mut UnixStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match channel.read_exact(&mut length) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut frame = vec![0; u64::from_ne_bytes(length) as usize];
    channel.read_exact(&mut frame)?;
    Ok(Some(frame))
}
