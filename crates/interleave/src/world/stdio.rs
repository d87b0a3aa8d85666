//! What the program has as its standard streams.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::sys::termios::{FlushArg, SetArg, Termios, tcflush, tcgetattr, tcsetattr};

use crate::kernel::sys::is_ready;

/// The program's standard streams. What is written to them never gets there: the supervisor reads it out of the memory of who
/// writes, so it knows whose it is, and no terminal turns a line's end into two characters.
pub struct Stdio {
    /// The file that standard input comes from, if it does, and the descriptor of this run: the next one reads from the beginning.
    input: Option<PathBuf>,
    stdin: OwnedFd,
    stdout: OwnedFd,
    stderr: OwnedFd,
    /// By which the last two are recognised under whatever number.
    marks: [Mark; 2],
    /// How the terminal was set at first, if standard output is one.
    settings: Option<Termios>,
    /// The ends that nobody reads.
    ends: [OwnedFd; 2],
    /// Whether the program may have changed the sockets.
    changed: Cell<bool>,
}

/// What tells a file from all others: its device and its inode.
type Mark = (u64, u64);

impl Stdio {
    /// With a file as standard input, or nothing, and with a terminal, or without, as standard output.
    ///
    /// # Errors
    /// What the system refused: the file cannot be read, or of terminals there may be none.
    pub fn new(input: Option<&Path>, terminal: bool) -> io::Result<Stdio> {
        let (stdout, unread) = if terminal { pseudo_terminal()? } else { pair()? };
        let (stderr, unread_too) = pair()?;
        Ok(Stdio {
            stdin: open(input.unwrap_or(Path::new("/dev/null")))?,
            input: input.map(Path::to_owned),
            marks: [mark_of(&stdout)?, mark_of(&stderr)?],
            settings: terminal.then(|| tcgetattr(&stdout)).transpose()?,
            stdout,
            stderr,
            ends: [unread, unread_too],
            changed: Cell::new(false),
        })
    }

    /// Takes back what a run may have done to the terminal and the sockets, and how far it may have read.
    ///
    /// # Errors
    /// Those of tcsetattr(3) and socketpair(2); and if standard input is there no more.
    pub fn make_as_new(&mut self) -> io::Result<()> {
        if self.changed.take() {
            // What of a socket can be changed is too much to be taken back. (With the same numbers as before where nothing was changed.)
            if !self.has_terminal() {
                (self.stdout, self.ends[0]) = pair()?;
            }
            (self.stderr, self.ends[1]) = pair()?;
            self.marks = [mark_of(&self.stdout)?, mark_of(&self.stderr)?];
        }
        if let Some(input) = &self.input {
            self.stdin = open(input)?;
        }
        if let Some(settings) = &self.settings {
            tcflush(&self.stdout, FlushArg::TCIOFLUSH)?;
            tcsetattr(&self.stdout, SetArg::TCSANOW, settings)?;
        }
        Ok(())
    }

    /// Standard input, output and error.
    pub fn for_program(&self) -> [BorrowedFd<'_>; 3] {
        [self.stdin.as_fd(), self.stdout.as_fd(), self.stderr.as_fd()]
    }

    /// Whether standard output is the socket of this inode.
    pub fn is_stdout(&self, inode: u64) -> bool {
        self.settings.is_none() && self.marks[0].1 == inode
    }

    /// Whether standard error is the socket of this inode.
    pub fn is_stderr(&self, inode: u64) -> bool {
        self.marks[1].1 == inode
    }

    /// The program changes something of standard output or error that the next run must not find.
    pub fn is_changed(&self) {
        self.changed.set(true);
    }

    /// Whether nothing can be written to standard output any more, or to standard error: shutdown(2).
    pub fn is_shut(&self, is_error: bool) -> bool {
        // Most programs do nothing of the kind, and the kernel need not be asked.
        self.changed.get() && {
            let hung_up = PollFlags::from_bits_retain(libc::POLLRDHUP);
            is_ready(&mut [PollFd::new(self.ends[usize::from(is_error)].as_fd(), hung_up)])
        }
    }

    /// Whether standard output is a terminal.
    pub fn has_terminal(&self) -> bool {
        self.settings.is_some()
    }

    /// Whether it is this one.
    pub fn is_terminal(&self, meta: &std::fs::Metadata) -> bool {
        self.has_terminal() && self.marks[0] == (meta.dev(), meta.ino())
    }
}

fn pair() -> nix::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
}

fn open(input: &Path) -> io::Result<OwnedFd> {
    let open = || {
        if input.metadata()?.file_type().is_fifo() {
            return Err(io::Error::other("each run has to read it from its beginning, which a pipe does not allow"));
        }
        File::open(input)
    };
    open().map(OwnedFd::from).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot read standard input from {}: {error}", input.display()))
    })
}

/// A terminal as a program sees it, and the side from which it is looked at.
fn pseudo_terminal() -> io::Result<(OwnedFd, OwnedFd)> {
    let cannot =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot make a terminal: {error}; see pty(7)"));
    let make = || {
        let outside = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
        grantpt(&outside)?;
        unlockpt(&outside)?;
        let name = ptsname_r(&outside)?;
        let inside = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open(name)?;
        // SAFETY: nobody else has taken the descriptor out of `outside`.
        Ok((inside.into(), outside.into()))
    };
    make().map_err(cannot)
}

fn mark_of(fd: &OwnedFd) -> io::Result<Mark> {
    let meta = File::from(fd.try_clone()?).metadata()?;
    Ok((meta.dev(), meta.ino()))
}
