//! fcntl(2) and ioctl(2): calls of many operations. What is not named here, nor let through by the filter, is not watched.

use super::{Answer, OWNERS, Target};
use crate::kernel::sys::Call;
use crate::protocol::Object;
use crate::world::run::Supervisor;

/// Operations of fcntl(2) that libc does not name (asm-generic/fcntl.h).
const F_SETSIG: i32 = 10;
const F_GETSIG: i32 = 11;
const F_SETOWN_EX: i32 = 15;
const F_GETOWN_EX: i32 = 16;

/// Whether what is read next was sent as urgent: an operation of ioctl(2) that libc does not name (asm-generic/sockios.h).
const SIOCATMARK: u64 = 0x8905;

/// A file is to have the content of another one: an operation of ioctl(2) that libc does not name (ioctl_ficlonerange(2)).
const FICLONE: u64 = 0x4004_9409;

impl Supervisor<'_> {
    /// What to do about fcntl(2).
    pub fn fcntl(&mut self, number: usize, call: &Call) -> Answer {
        let [fd, operation, argument, ..] = call.args;
        let process = self.tasks[number].process;
        match operation as i32 {
            // The kernel will send signals by itself.
            libc::F_SETFL if argument & libc::O_ASYNC as u64 != 0 => self.is_not_watched(number, call),
            libc::F_SETFL | libc::F_SETPIPE_SZ => self.changes_stream(process, fd),
            libc::F_GETFL | libc::F_GETPIPE_SZ => self.looks_at_stream(process, fd),
            F_SETSIG | F_SETOWN_EX | libc::F_SETOWN => self.sets_owner(number, call),
            F_GETSIG | F_GETOWN_EX | libc::F_GETOWN => self.touches(|uses| uses.reads(Object::Ipc(OWNERS))),
            libc::F_SETLK
            | libc::F_SETLKW
            | libc::F_GETLK
            | libc::F_OFD_SETLK
            | libc::F_OFD_SETLKW
            | libc::F_OFD_GETLK => self.record_lock(process, call),
            // By some of these the kernel sends signals or refuses things later (F_SETLEASE, F_NOTIFY, F_ADD_SEALS).
            _ => self.is_not_watched(number, call),
        }
    }

    /// Who is to be told by a signal, and by which. Whoever asks for no signals (O_ASYNC) gets none, but for what comes to a
    /// socket out of band (SIGURG of socket(7)).
    fn sets_owner(&mut self, number: usize, call: &Call) -> Answer {
        let target = self.target(self.tasks[number].process, call.args[0]);
        match target {
            Target::Stream { is_socket: true, .. } | Target::Listener(_) | Target::Socket => {
                self.is_not_watched(number, call)
            }
            _ => {
                self.stdio.is_changed();
                self.touches(|uses| uses.writes(Object::Ipc(OWNERS)))
            }
        }
    }

    /// What to do about ioctl(2).
    pub fn ioctl(&mut self, number: usize, call: &Call) -> Answer {
        let [fd, operation, argument, ..] = call.args;
        let process = self.tasks[number].process;
        // The kernel looks at no more of it.
        match u64::from(operation as u32) {
            // Whoever makes a pseudo-terminal needs this. What is typed there becomes signals and lines, which is not followed.
            libc::TIOCSPTLCK => {
                self.not_watched(call, number);
                Answer::LetThrough
            }
            libc::TCSETS
            | libc::TCSETSW
            | libc::TCSETSF
            | libc::TCFLSH
            | libc::TCXONC
            | libc::TIOCSPGRP
            | libc::TIOCGPGRP
            | libc::TIOCSWINSZ
            | libc::TIOCSTI => match self.target(process, fd) {
                Target::Terminal(of) => self.touches(|uses| uses.writes(Object::Terminal(of))),
                _ => Answer::LetThrough,
            },
            libc::FIONREAD => self.looks_at_stream(process, fd),
            libc::TIOCOUTQ | SIOCATMARK => self.looks_at_sent(process, fd),
            libc::FIONBIO => self.changes_stream(process, fd),
            FICLONE => self.clone_file(number, call, argument, fd),
            _ => self.is_not_watched(number, call),
        }
    }
}
