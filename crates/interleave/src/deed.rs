//! What a task does in a step, and where tasks stand between two steps: for somebody who lets them go on one at a time, or
//! draws what they did.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::task_id::{TaskId, task_name};
use crate::words::signal_name;

/// What a task does in a step, or is about to do. Processes are called by their first tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Writes this to standard output.
    Print(String),
    /// Goes on behind such a write, which others saw before it did.
    GoOn,
    /// Begins, or goes on behind fork(2), where that is a step of its own.
    Begin,
    /// Writes to a pipe, a socket or the like.
    Write(Channel),
    /// Reads from one.
    Read(Channel),
    /// Waits until one of several is ready, or looks whether one is.
    Poll(Vec<Channel>),
    /// Waits until a word of memory changes: for a lock, say. Whether other processes see that word.
    AwaitMemory(bool),
    /// Wakes those who wait for a word of memory.
    Wake,
    /// Loads from memory that processes share.
    Load,
    /// Stores to it.
    Store,
    /// Waits for the end of this child, or of any.
    Wait(Option<TaskId>),
    /// Looks whether this child, or any, has ended.
    LookForEnd(Option<TaskId>),
    /// Sends a signal.
    Signal {
        /// Which.
        signal: i32,
        /// To these processes.
        to: Vec<TaskId>,
    },
    /// Handles a signal, or ends by it.
    TakeSignal,
    /// Waits for a signal.
    AwaitSignal,
    /// Begins to wait: from here on a signal interrupts it.
    Enter(Box<Deed>),
    /// Lets so many nanoseconds pass.
    Sleep(u64),
    /// Sets a timer.
    SetTimer,
    /// A timer goes off.
    GoOff,
    /// Starts a process.
    Fork,
    /// Starts a thread.
    StartThread,
    /// Closes descriptors.
    Close,
    /// Becomes another program.
    Exec,
    /// Locks a file.
    Lock,
    /// Unlocks one.
    Unlock,
    /// Makes this system call, of which there is no more to say.
    Call(String),
    /// Ends with this exit code.
    Exit(i32),
    /// Is killed by this signal.
    Die(i32),
    /// Is stopped by it.
    Stop(i32),
    /// Goes on after it was stopped.
    Continue,
    /// Is a zombie no longer: somebody outside the program has waited for it.
    Leave,
}

/// Where bytes go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// What it is: `a pipe`.
    pub kind: String,
    /// Which processes have its other end open, perhaps its own among them, where that can be told.
    pub ends: Vec<TaskId>,
}

/// How a deed is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it goes on after "to": `print x`.
    Infinitive,
    /// As it goes on after a name: `prints x`.
    Present,
    /// As it goes on after a name that cannot do it yet: `waits for the end of b`.
    Waiting,
}

impl Deed {
    /// In words, as in: a `prints hello`.
    pub fn words(&self, form: Form) -> String {
        if let Deed::Enter(deed) = self {
            return format!("{} to wait: it {}", verb("begin", form), deed.words(Form::Waiting));
        }
        let (word, rest) = self.verb();
        if form == Form::Waiting {
            return match self {
                Deed::Wait(_) | Deed::Poll(_) | Deed::AwaitMemory(_) | Deed::AwaitSignal => format!("waits {rest}"),
                Deed::Sleep(_) => "sleeps".to_owned(),
                _ => format!("waits to {word}{}{rest}", if rest.is_empty() { "" } else { " " }),
            };
        }
        if rest.is_empty() { verb(word, form) } else { format!("{} {rest}", verb(word, form)) }
    }

    fn verb(&self) -> (&'static str, String) {
        let any = |child: &Option<TaskId>| child.map_or("a child".to_owned(), task_name);
        match self {
            Deed::Print(text) => ("print", text.trim_end_matches('\n').to_owned()),
            Deed::GoOn => ("go", "on after printing".to_owned()),
            Deed::Begin => ("begin", String::new()),
            Deed::Write(channel) => ("write", format!("to {channel}")),
            Deed::Read(channel) => ("read", format!("from {channel}")),
            Deed::Poll(channels) if channels.is_empty() => ("wait", "for some time".to_owned()),
            Deed::Poll(channels) => {
                let channels: Vec<String> = channels.iter().map(Channel::to_string).collect();
                ("wait", format!("for {}", channels.join(" or ")))
            }
            Deed::AwaitMemory(true) => ("wait", "for a lock or a word of others in shared memory".to_owned()),
            Deed::AwaitMemory(false) => ("wait", "for a lock or a word of another thread".to_owned()),
            Deed::Wake => ("wake", "who waits for a lock or a word of it".to_owned()),
            Deed::Load => ("load", "from shared memory".to_owned()),
            Deed::Store => ("store", "to shared memory".to_owned()),
            Deed::Wait(child) => ("wait", format!("for the end of {}", any(child))),
            Deed::LookForEnd(child) => ("look", format!("whether {} has ended", any(child))),
            Deed::Signal { signal, to } => {
                let to: Vec<String> = to.iter().copied().map(task_name).collect();
                let to = if to.is_empty() { "nobody".to_owned() } else { to.join(" and ") };
                ("send", format!("{} to {to}", signal_name(*signal)))
            }
            Deed::TakeSignal => ("take", "a signal".to_owned()),
            Deed::AwaitSignal => ("wait", "for a signal".to_owned()),
            Deed::Enter(_) => ("begin", "to wait".to_owned()),
            Deed::Sleep(nanoseconds) => ("sleep", format!("for {}", duration(*nanoseconds))),
            Deed::SetTimer => ("set", "a timer".to_owned()),
            Deed::GoOff => ("go", "off".to_owned()),
            Deed::Fork => ("start", "a process".to_owned()),
            Deed::StartThread => ("start", "a thread".to_owned()),
            Deed::Close => ("close", "what it has open".to_owned()),
            Deed::Exec => ("become", "another program".to_owned()),
            Deed::Lock => ("lock", "a file".to_owned()),
            Deed::Unlock => ("unlock", "a file".to_owned()),
            Deed::Call(name) => ("call", name.clone()),
            Deed::Die(signal) => ("die", format!("of {}", signal_name(*signal))),
            Deed::Leave => ("leave", "the list of processes".to_owned()),
            Deed::Continue => ("go", "on after a stop".to_owned()),
            Deed::Stop(signal) => ("stop", format!("by {}", signal_name(*signal))),
            Deed::Exit(0) => ("end", String::new()),
            Deed::Exit(code) => ("end", format!("with exit code {code}")),
        }
    }
}

fn verb(infinitive: &str, form: Form) -> String {
    match (form, infinitive) {
        (Form::Infinitive, verb) => verb.to_owned(),
        (_, "go") => "goes".to_owned(),
        (_, verb) => format!("{verb}s"),
    }
}

fn duration(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000_000 => format!("{} µs", nanoseconds / 1000),
        1_000_000..1_000_000_000 => format!("{} ms", nanoseconds / 1_000_000),
        _ => format!("{} s", nanoseconds as f64 / 1e9),
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        let ends: Vec<String> = self.ends.iter().copied().map(task_name).collect();
        if ends.is_empty() { Ok(()) } else { write!(f, " (other end: {})", ends.join(", ")) }
    }
}

/// Where a task stands between two steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Which task.
    pub task: TaskId,
    /// The number of its process.
    pub process: usize,
    /// Whether it can go on.
    pub stand: Stand,
    /// What it would do next; `None` if it has ended, or is not held.
    pub next: Option<Deed>,
    /// Where in its code it is, if that was asked for and could be found.
    pub place: Option<CodePlace>,
}

/// Whether a task can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stand {
    /// It can.
    Ready,
    /// It cannot.
    Waits,
    /// It has printed as many lines as were asked for, and is not followed further.
    Parked,
    /// It has ended.
    Ended,
}

/// Where in its code a task is: all that it takes to find the source line without the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodePlace {
    /// The instruction after the system call.
    pub instruction: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
    /// The frame pointer (`rbp`, `x29`).
    pub frame_pointer: u64,
    /// The link register (`x30`); 0 where there is none.
    pub link: u64,
    /// The stack from the stack pointer on, but not all of a deep one.
    pub stack: Vec<u64>,
    /// The files with code that are mapped.
    pub code: Vec<MappedCode>,
}

/// A file with code, mapped into a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedCode {
    /// Where the mapping begins.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// Where in the file it begins.
    pub offset: u64,
    /// The file.
    pub file: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_put_in_words() {
        let pipe = Channel { kind: "a pipe".to_owned(), ends: vec![1] };
        for (deed, infinitive, waiting) in [
            (Deed::Print("父进程结束\n".to_owned()), "print 父进程结束", "waits to print 父进程结束"),
            (Deed::Wait(Some(1)), "wait for the end of b", "waits for the end of b"),
            (Deed::Read(pipe.clone()), "read from a pipe (other end: b)", "waits to read from a pipe (other end: b)"),
            (Deed::Poll(vec![pipe]), "wait for a pipe (other end: b)", "waits for a pipe (other end: b)"),
            (Deed::Exit(0), "end", "waits to end"),
            (Deed::Signal { signal: 9, to: vec![0, 2] }, "send SIGKILL to a and c", "waits to send SIGKILL to a and c"),
            (
                Deed::Enter(Box::new(Deed::AwaitSignal)),
                "begin to wait: it waits for a signal",
                "begins to wait: it waits for a signal",
            ),
        ] {
            assert_eq!(deed.words(Form::Infinitive), infinitive);
            assert_eq!(deed.words(Form::Waiting), waiting);
        }
        assert_eq!(Deed::GoOff.words(Form::Present), "goes off");
        assert_eq!(Deed::Die(9).words(Form::Present), "dies of SIGKILL");
        assert_eq!(Deed::Sleep(3_000_000_000).words(Form::Present), "sleeps for 3 s");
    }
}
