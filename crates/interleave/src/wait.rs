//! What a process waits for that cannot go on, as data and in words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::task_id::{TaskId, task_name};

/// What a process waits for that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wait {
    /// The system call that it waits in, by its name in the manual, if that is known.
    pub call: Option<String>,
    /// What for.
    pub awaits: Awaited,
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Awaited {
    /// No more is known than the call.
    Something,
    /// Bytes, or room for bytes.
    Bytes {
        /// The number of the descriptor.
        fd: i32,
        /// It wants to write.
        write: bool,
        /// What the descriptor is: `a pipe`.
        kind: String,
        /// It has the other end open itself.
        own: bool,
        /// The others that have the other end open, by the names that schedules use.
        others: Vec<String>,
    },
    /// Any of these, each as in `a pipe`.
    Any(Vec<String>),
    /// A lock, or another signal in memory.
    Memory {
        /// Whether that memory is shared with other processes; `None` if that is not known.
        shared: Option<bool>,
        /// Who holds the lock, if the memory says so beyond doubt.
        holder: Option<Holder>,
    },
    /// The end of this process, by the name that schedules use, or of any child.
    End(Option<String>),
    /// The end of this other thread of its process.
    EndOfThread(String),
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Holder {
    /// Whoever waits for it.
    Itself,
    /// Another.
    Other {
        /// Its number.
        task: TaskId,
        /// It is one of several threads of a process.
        is_thread: bool,
        /// It has ended without unlocking it.
        has_ended: bool,
    },
}

impl fmt::Display for Wait {
    /// As it goes on after the name of a process: `waits in …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.call {
            Some(call) => write!(f, "waits in {call}")?,
            None => f.write_str("waits in the kernel")?,
        }
        match &self.awaits {
            Awaited::Something => Ok(()),
            Awaited::Bytes { fd, write, kind, own, others } => {
                let verb = if *write { "no room in" } else { "nothing to read in" };
                write!(f, "({fd}): {verb} {kind}")?;
                match (others.is_empty(), own) {
                    (true, true) => f.write_str(", whose other end it holds itself"),
                    (true, false) => Ok(()),
                    (false, false) => write!(f, ", whose other end is held by {}", others.join(", ")),
                    (false, true) => write!(f, ", whose other end is held by itself and by {}", others.join(", ")),
                }
            }
            Awaited::Any(kinds) if kinds.is_empty() => f.write_str(" for nothing"),
            Awaited::Any(kinds) => write!(f, " for {}", kinds.join(", ")),
            Awaited::Memory { shared, holder } => {
                f.write_str(if holder.is_some() { " for a lock" } else { " for a lock or signal" })?;
                match shared {
                    Some(true) => f.write_str(" in shared memory")?,
                    Some(false) => f.write_str(" of another thread")?,
                    None => {}
                }
                holder.as_ref().map_or(Ok(()), |holder| write!(f, "{holder}"))
            }
            Awaited::End(Some(child)) => write!(f, " for the end of process {child}"),
            Awaited::EndOfThread(thread) => write!(f, " for the end of thread {thread}"),
            Awaited::End(None) => f.write_str(" for the end of a child"),
        }
    }
}

impl fmt::Display for Holder {
    /// As it goes on after the lock: `, which …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder::Other { task, is_thread, has_ended } = self else { return f.write_str(", which it holds itself") };
        let name = format!("{} {}", if *is_thread { "thread" } else { "process" }, task_name(*task));
        if *has_ended {
            write!(f, ", whose holder, {name}, has ended without unlocking it")
        } else {
            write!(f, ", which {name} holds")
        }
    }
}
