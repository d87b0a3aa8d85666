//! Recorders and supervisors see to it that nothing of a program remains, and bound its time. One that is stopped (`SIGSTOP`) does neither, and
//! whoever reads from it would wait for ever. So a thread looks at each of them now and then.

use std::io;
use std::os::fd::AsFd;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::helper;
use crate::kernel::proc;
use crate::record::process::{Process, children};
use crate::record::tree::kill_below;
use crate::trace::Pid;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(500);

/// So often in a row it has to find a process stopped: somebody who lets all go on that a terminal has stopped (`fg`) does not do so in one moment.
const LOOKS: u32 = 4;

/// How long killing may take.
const KILL_TIME: Duration = Duration::from_secs(5);

/// Watches over one helper process. Dropping it blocks until that has ended.
pub struct Watchdog {
    /// What watches goes away when this does.
    over: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    was_stopped: Arc<AtomicBool>,
    helper: Option<Process>,
    pid: Pid,
}

impl Watchdog {
    /// Begins to watch a helper, which must not be waited for before this is dropped.
    ///
    /// # Errors
    /// Those of pidfd_open(2), and if there can be no more threads.
    pub fn over(helper: &Child) -> io::Result<Watchdog> {
        let pid = helper.id();
        let was_stopped = Arc::new(AtomicBool::new(false));
        let (over, is_over) = mpsc::channel();
        let found = was_stopped.clone();
        let watch = move || {
            let mut looks = 0;
            while is_over.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
                looks = if is_stopped(pid) { looks + 1 } else { 0 };
                if looks == LOOKS {
                    found.store(true, Ordering::Release);
                    kill(pid);
                    return;
                }
            }
        };
        let helper = Process::open(pid)?;
        let thread = thread::Builder::new().name("watchdog".to_owned()).spawn(watch)?;
        Ok(Watchdog { over: Some(over), thread: Some(thread), was_stopped, helper, pid })
    }

    /// Blocks until the helper has ended, or was killed. It is not waited for by that.
    pub fn wait(&self) {
        let Some(helper) = &self.helper else { return };
        let mut ended = [PollFd::new(helper.as_fd(), PollFlags::POLLIN)];
        while poll(&mut ended, PollTimeout::NONE) == Err(Errno::EINTR) {}
    }

    /// What there is to say if the helper was found stopped. It was ended then, with the program.
    pub fn verdict(&self) -> Option<io::Error> {
        self.was_stopped.load(Ordering::Acquire).then(|| {
            let time = LOOK * LOOKS;
            io::Error::other(format!(
                "process {}, which watches the program, was itself stopped (SIGSTOP) and did not go on for {time:?}, so it was killed, and the program \
                 with it: what it saw does not count. Whoever has sent that signal may do so again; where programs have no namespaces of their own \
                 (`interleave doctor`) it may be the program",
                self.pid
            ))
        })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Until then it may be stopped, and whoever waits for it with it.
        self.wait();
        self.over = None;
        if let Some(thread) = self.thread.take() {
            // It does nothing that could panic, and if it did there is nothing to be done about it.
            let _ = thread.join();
        }
    }
}

/// Whether a helper, or a process of ours that it stands by or that makes its worlds, is stopped.
fn is_stopped(helper: Pid) -> bool {
    let of_ours = children(helper).unwrap_or_default().into_iter().filter(|&child| helper::is_helper(child));
    [helper].into_iter().chain(of_ours).any(|pid| proc::stat(pid).is_some_and(|stat| stat.starts_with(['T', 't'])))
}

/// Kills all that the helper has started, and then itself: it takes in those who lose their parent, so none of them can get away before.
fn kill(helper: Pid) {
    let deadline = Instant::now() + KILL_TIME;
    while kill_below(helper).unwrap_or(false) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    // SAFETY: takes integers. The helper is a child of ours that has not been waited for, so the number is its own.
    unsafe { libc::kill(helper.cast_signed(), libc::SIGKILL) };
}
