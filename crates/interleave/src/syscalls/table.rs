//! The one list of system calls: which are held, what they are called, and who decodes them.
//!
//! The filter is made from these rows, errors and caveats take their names from them, and [`Kind`] is what
//! the decoders match on, so that a call without a decoder does not compile. Only what is known neither to see nor to change what other
//! tasks do is carried out by the kernel without a word ([`LET_THROUGH`]): a call that nobody has classified is held, and the verdict
//! says that it is not watched.

use super::calls::{FileCall, MemoryCall, PathCall, PollCall, ProcessCall, SignalCall, StreamCall, TimeCall};
use crate::kernel::arch;

/// One system call.
pub struct Row {
    /// Its number.
    pub nr: i64,
    /// Its name, as in its man page.
    pub name: &'static str,
    /// How many arguments the kernel's own call has; what registers hold beyond these is anything.
    pub arguments: usize,
    /// Whether it finds in memory where else to read or write, in a way that is not looked into.
    pub follows_pointers: bool,
    /// Who decodes it.
    pub kind: Kind,
}

/// Which family of calls it belongs to, and what it is there, as far as its decoder tells calls apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reads and writes, and what is made, opened and closed for them.
    Stream(StreamCall),
    /// Waits for any of several descriptors.
    Poll(PollCall),
    /// Is given the name of a file.
    Path(PathCall),
    /// Is given an open file.
    File(FileCall),
    /// Memory that is shared, and what goes by keys.
    Memory(MemoryCall),
    /// Processes: their beginning, their end, what they are.
    Process(ProcessCall),
    /// Signals.
    Signal(SignalCall),
    /// Sleeping, clocks, timers.
    Time(TimeCall),
    /// Chance.
    Random,
    /// It is carried out, and the verdict says that it is not followed.
    NotWatched,
}

impl Kind {
    /// Whether its second and third argument are an array of buffers (readv(2)).
    pub fn has_vectors(self) -> bool {
        use StreamCall::{PositionedReadV, PositionedWriteV, ReadV, ReadV2, WriteV, WriteV2};
        matches!(self, Kind::Stream(ReadV | ReadV2 | PositionedReadV | WriteV | WriteV2 | PositionedWriteV))
    }
}

const fn row(nr: i64, name: &'static str, arguments: usize, kind: Kind) -> Row {
    Row { nr, name, arguments, follows_pointers: false, kind }
}

const fn nested_row(nr: i64, name: &'static str, arguments: usize, kind: Kind) -> Row {
    Row { follows_pointers: true, ..row(nr, name, arguments, kind) }
}

/// Every call that is held.
pub const HELD: &[Row] = &[
    // output and streams
    row(libc::SYS_write, "write", 3, Kind::Stream(StreamCall::Write)),
    row(libc::SYS_writev, "writev", 3, Kind::Stream(StreamCall::WriteV)),
    row(libc::SYS_pwrite64, "pwrite64", 4, Kind::Stream(StreamCall::PositionedWrite)),
    row(libc::SYS_pwritev, "pwritev", 5, Kind::Stream(StreamCall::PositionedWriteV)),
    row(libc::SYS_pwritev2, "pwritev2", 6, Kind::Stream(StreamCall::WriteV2)),
    row(libc::SYS_sendto, "sendto", 6, Kind::Stream(StreamCall::SendTo)),
    nested_row(libc::SYS_sendmsg, "sendmsg", 3, Kind::Stream(StreamCall::SendMsg)),
    nested_row(libc::SYS_sendmmsg, "sendmmsg", 4, Kind::Stream(StreamCall::SendMmsg)),
    row(libc::SYS_sendfile, "sendfile", 4, Kind::Stream(StreamCall::SendFile)),
    row(libc::SYS_splice, "splice", 6, Kind::Stream(StreamCall::Splice)),
    row(libc::SYS_tee, "tee", 4, Kind::Stream(StreamCall::Tee)),
    nested_row(libc::SYS_vmsplice, "vmsplice", 4, Kind::Stream(StreamCall::Vmsplice)),
    row(libc::SYS_copy_file_range, "copy_file_range", 6, Kind::Stream(StreamCall::CopyRange)),
    row(libc::SYS_read, "read", 3, Kind::Stream(StreamCall::Read)),
    row(libc::SYS_readv, "readv", 3, Kind::Stream(StreamCall::ReadV)),
    row(libc::SYS_pread64, "pread64", 4, Kind::Stream(StreamCall::PositionedRead)),
    row(libc::SYS_preadv, "preadv", 5, Kind::Stream(StreamCall::PositionedReadV)),
    row(libc::SYS_preadv2, "preadv2", 6, Kind::Stream(StreamCall::ReadV2)),
    row(libc::SYS_recvfrom, "recvfrom", 6, Kind::Stream(StreamCall::RecvFrom)),
    nested_row(libc::SYS_recvmsg, "recvmsg", 3, Kind::Stream(StreamCall::RecvMsg)),
    nested_row(libc::SYS_recvmmsg, "recvmmsg", 5, Kind::Stream(StreamCall::RecvMmsg)),
    row(libc::SYS_accept, "accept", 3, Kind::Stream(StreamCall::Accept)),
    row(libc::SYS_accept4, "accept4", 4, Kind::Stream(StreamCall::Accept)),
    row(libc::SYS_pipe2, "pipe2", 2, Kind::Stream(StreamCall::Pipe)),
    row(libc::SYS_eventfd2, "eventfd2", 2, Kind::Stream(StreamCall::EventFd)),
    row(libc::SYS_socketpair, "socketpair", 4, Kind::Stream(StreamCall::SocketPair)),
    row(libc::SYS_socket, "socket", 3, Kind::Stream(StreamCall::Socket)),
    row(libc::SYS_bind, "bind", 3, Kind::Stream(StreamCall::Bind)),
    row(libc::SYS_listen, "listen", 2, Kind::Stream(StreamCall::Listen)),
    row(libc::SYS_connect, "connect", 3, Kind::Stream(StreamCall::Connect)),
    row(libc::SYS_ioctl, "ioctl", 3, Kind::Stream(StreamCall::Ioctl)),
    row(libc::SYS_shutdown, "shutdown", 2, Kind::Stream(StreamCall::Shutdown)),
    row(libc::SYS_close, "close", 1, Kind::Stream(StreamCall::Close)),
    row(libc::SYS_close_range, "close_range", 3, Kind::Stream(StreamCall::CloseRange)),
    row(libc::SYS_dup3, "dup3", 3, Kind::Stream(StreamCall::Dup)),
    // waiting for several
    row(libc::SYS_ppoll, "ppoll", 5, Kind::Poll(PollCall::Ppoll)),
    row(libc::SYS_pselect6, "pselect6", 6, Kind::Poll(PollCall::Pselect)),
    row(libc::SYS_epoll_pwait, "epoll_pwait", 6, Kind::Poll(PollCall::EpollWait)),
    row(libc::SYS_epoll_pwait2, "epoll_pwait2", 6, Kind::Poll(PollCall::EpollWait)),
    // files
    row(libc::SYS_openat, "openat", 4, Kind::Path(PathCall::OpenAt)),
    row(libc::SYS_openat2, "openat2", 4, Kind::Path(PathCall::OpenAt)),
    row(libc::SYS_unlinkat, "unlinkat", 3, Kind::Path(PathCall::UnlinkAt)),
    row(libc::SYS_renameat2, "renameat2", 5, Kind::Path(PathCall::RenameAt)),
    row(libc::SYS_linkat, "linkat", 5, Kind::Path(PathCall::LinkAt)),
    row(libc::SYS_symlinkat, "symlinkat", 3, Kind::Path(PathCall::SymlinkAt)),
    row(libc::SYS_mkdirat, "mkdirat", 3, Kind::Path(PathCall::MkdirAt)),
    row(libc::SYS_mknodat, "mknodat", 4, Kind::Path(PathCall::MknodAt)),
    row(libc::SYS_truncate, "truncate", 2, Kind::Path(PathCall::Truncate)),
    row(libc::SYS_ftruncate, "ftruncate", 2, Kind::File(FileCall::Change)),
    row(libc::SYS_fallocate, "fallocate", 4, Kind::File(FileCall::Change)),
    row(libc::SYS_lseek, "lseek", 3, Kind::File(FileCall::Seek)),
    row(libc::SYS_getdents64, "getdents64", 3, Kind::File(FileCall::ReadFolder)),
    row(libc::SYS_newfstatat, "newfstatat", 4, Kind::Path(PathCall::StatAt)),
    row(libc::SYS_statx, "statx", 5, Kind::Path(PathCall::StatAt)),
    row(libc::SYS_faccessat, "faccessat", 3, Kind::Path(PathCall::AccessAt)),
    row(libc::SYS_faccessat2, "faccessat2", 4, Kind::Path(PathCall::AccessAt)),
    row(libc::SYS_chdir, "chdir", 1, Kind::Path(PathCall::Stat)),
    row(libc::SYS_getcwd, "getcwd", 2, Kind::File(FileCall::WhereAmI)),
    row(libc::SYS_readlinkat, "readlinkat", 4, Kind::Path(PathCall::AccessAt)),
    row(libc::SYS_fstat, "fstat", 2, Kind::File(FileCall::Look)),
    row(libc::SYS_statfs, "statfs", 2, Kind::Path(PathCall::StatFs)),
    row(libc::SYS_fstatfs, "fstatfs", 2, Kind::File(FileCall::Space)),
    row(libc::SYS_flock, "flock", 2, Kind::File(FileCall::Flock)),
    row(libc::SYS_fcntl, "fcntl", 3, Kind::File(FileCall::Fcntl)),
    // memory and locks
    row(libc::SYS_futex, "futex", 6, Kind::Memory(MemoryCall::Futex)),
    row(libc::SYS_mmap, "mmap", 6, Kind::Memory(MemoryCall::Mmap)),
    row(libc::SYS_madvise, "madvise", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_uname, "uname", 1, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_sysinfo, "sysinfo", 1, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getgroups, "getgroups", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getresuid, "getresuid", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getresgid, "getresgid", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_clock_getres, "clock_getres", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getrlimit, "getrlimit", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_setrlimit, "setrlimit", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_sigaltstack, "sigaltstack", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_mincore, "mincore", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_capget, "capget", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getcpu, "getcpu", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_memfd_create, "memfd_create", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_get_mempolicy, "get_mempolicy", 5, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_sched_rr_get_interval, "sched_rr_get_interval", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_landlock_create_ruleset, "landlock_create_ruleset", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_landlock_add_rule, "landlock_add_rule", 4, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_inotify_add_watch, "inotify_add_watch", 3, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_fanotify_mark, "fanotify_mark", 5, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_io_setup, "io_setup", 2, Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_io_cancel, "io_cancel", 3, Kind::Memory(MemoryCall::Reaches)),
    // processes
    row(libc::SYS_wait4, "wait4", 4, Kind::Process(ProcessCall::Wait4)),
    row(libc::SYS_waitid, "waitid", 5, Kind::Process(ProcessCall::WaitId)),
    row(libc::SYS_clone, "clone", 5, Kind::Process(ProcessCall::Clone)),
    row(libc::SYS_clone3, "clone3", 2, Kind::Process(ProcessCall::Clone3)),
    row(libc::SYS_execve, "execve", 3, Kind::Process(ProcessCall::Exec)),
    row(libc::SYS_execveat, "execveat", 5, Kind::Process(ProcessCall::Exec)),
    row(libc::SYS_exit, "exit", 1, Kind::Process(ProcessCall::ExitThread)),
    row(libc::SYS_exit_group, "exit_group", 1, Kind::Process(ProcessCall::ExitGroup)),
    row(libc::SYS_getppid, "getppid", 0, Kind::Process(ProcessCall::GetParent)),
    row(libc::SYS_set_tid_address, "set_tid_address", 1, Kind::Process(ProcessCall::FirstCall)),
    row(libc::SYS_set_robust_list, "set_robust_list", 2, Kind::Process(ProcessCall::FirstCall)),
    row(libc::SYS_setpgid, "setpgid", 2, Kind::Process(ProcessCall::Session)),
    row(libc::SYS_setsid, "setsid", 0, Kind::Process(ProcessCall::Session)),
    row(libc::SYS_getpgid, "getpgid", 1, Kind::Process(ProcessCall::Group)),
    row(libc::SYS_getsid, "getsid", 1, Kind::Process(ProcessCall::Group)),
    row(libc::SYS_prctl, "prctl", 5, Kind::Process(ProcessCall::Prctl)),
    row(libc::SYS_personality, "personality", 1, Kind::Process(ProcessCall::Keep)),
    row(libc::SYS_umask, "umask", 1, Kind::Process(ProcessCall::OfThreads)),
    row(libc::SYS_fchdir, "fchdir", 1, Kind::Process(ProcessCall::OfThreads)),
    // signals
    row(libc::SYS_kill, "kill", 2, Kind::Signal(SignalCall::Kill)),
    row(libc::SYS_tkill, "tkill", 2, Kind::Signal(SignalCall::Tkill)),
    row(libc::SYS_tgkill, "tgkill", 3, Kind::Signal(SignalCall::Tgkill)),
    row(libc::SYS_rt_sigqueueinfo, "rt_sigqueueinfo", 3, Kind::Signal(SignalCall::Kill)),
    row(libc::SYS_rt_tgsigqueueinfo, "rt_tgsigqueueinfo", 4, Kind::Signal(SignalCall::Tgkill)),
    row(libc::SYS_pidfd_open, "pidfd_open", 2, Kind::Process(ProcessCall::PidfdOpen)),
    row(libc::SYS_pidfd_send_signal, "pidfd_send_signal", 4, Kind::Signal(SignalCall::PidfdSend)),
    row(libc::SYS_rt_sigaction, "rt_sigaction", 4, Kind::Signal(SignalCall::Action)),
    row(libc::SYS_rt_sigprocmask, "rt_sigprocmask", 4, Kind::Signal(SignalCall::Mask)),
    row(libc::SYS_rt_sigpending, "rt_sigpending", 2, Kind::Signal(SignalCall::Look)),
    row(libc::SYS_rt_sigsuspend, "rt_sigsuspend", 2, Kind::Signal(SignalCall::Suspend)),
    row(libc::SYS_rt_sigtimedwait, "rt_sigtimedwait", 4, Kind::Signal(SignalCall::Wait)),
    row(libc::SYS_signalfd4, "signalfd4", 4, Kind::Signal(SignalCall::Descriptor)),
    // time
    row(libc::SYS_nanosleep, "nanosleep", 2, Kind::Time(TimeCall::Sleep)),
    row(libc::SYS_clock_nanosleep, "clock_nanosleep", 4, Kind::Time(TimeCall::ClockSleep)),
    row(libc::SYS_sched_yield, "sched_yield", 0, Kind::Time(TimeCall::Yield)),
    row(libc::SYS_clock_gettime, "clock_gettime", 2, Kind::Time(TimeCall::ClockGet)),
    row(libc::SYS_gettimeofday, "gettimeofday", 2, Kind::Time(TimeCall::TimeOfDay)),
    row(libc::SYS_getrusage, "getrusage", 2, Kind::Time(TimeCall::Usage)),
    row(libc::SYS_times, "times", 1, Kind::Time(TimeCall::Times)),
    row(libc::SYS_setitimer, "setitimer", 3, Kind::Time(TimeCall::SetTimer)),
    row(libc::SYS_timer_create, "timer_create", 3, Kind::Time(TimeCall::TimerCreate)),
    row(libc::SYS_timer_settime, "timer_settime", 4, Kind::Time(TimeCall::TimerSet)),
    row(libc::SYS_timer_delete, "timer_delete", 1, Kind::Time(TimeCall::TimerDelete)),
    row(libc::SYS_getitimer, "getitimer", 2, Kind::Time(TimeCall::GetTimer)),
    row(libc::SYS_timer_gettime, "timer_gettime", 2, Kind::Time(TimeCall::TimerGet)),
    row(libc::SYS_timer_getoverrun, "timer_getoverrun", 1, Kind::Time(TimeCall::TimerOverrun)),
    row(libc::SYS_timerfd_settime, "timerfd_settime", 4, Kind::Time(TimeCall::TimerFdSet)),
    // chance
    row(libc::SYS_getrandom, "getrandom", 3, Kind::Random),
    // between processes
    row(libc::SYS_msgget, "msgget", 2, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_msgsnd, "msgsnd", 4, Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_msgrcv, "msgrcv", 5, Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_msgctl, "msgctl", 3, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_semget, "semget", 3, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_semop, "semop", 3, Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_semtimedop, "semtimedop", 4, Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_semctl, "semctl", 4, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_shmget, "shmget", 3, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_shmat, "shmat", 3, Kind::Memory(MemoryCall::Attach)),
    row(libc::SYS_shmdt, "shmdt", 1, Kind::Memory(MemoryCall::Attach)),
    row(libc::SYS_shmctl, "shmctl", 3, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_mq_open, "mq_open", 4, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_mq_unlink, "mq_unlink", 1, Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_mq_timedsend, "mq_timedsend", 5, Kind::Memory(MemoryCall::MqWait)),
    row(libc::SYS_mq_timedreceive, "mq_timedreceive", 5, Kind::Memory(MemoryCall::MqWait)),
    row(libc::SYS_mq_getsetattr, "mq_getsetattr", 3, Kind::Memory(MemoryCall::Ipc)),
    // what belongs to a process or a file beside its content
    row(libc::SYS_setpriority, "setpriority", 3, Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_getpriority, "getpriority", 2, Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setaffinity, "sched_setaffinity", 3, Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getaffinity, "sched_getaffinity", 3, Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setscheduler, "sched_setscheduler", 3, Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getscheduler, "sched_getscheduler", 1, Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setparam, "sched_setparam", 2, Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getparam, "sched_getparam", 2, Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setattr, "sched_setattr", 3, Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getattr, "sched_getattr", 4, Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_ioprio_set, "ioprio_set", 3, Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_ioprio_get, "ioprio_get", 2, Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_prlimit64, "prlimit64", 4, Kind::Process(ProcessCall::Prlimit)),
    row(libc::SYS_setuid, "setuid", 1, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setgid, "setgid", 1, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setreuid, "setreuid", 2, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setregid, "setregid", 2, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setresuid, "setresuid", 3, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setresgid, "setresgid", 3, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setfsuid, "setfsuid", 1, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setfsgid, "setfsgid", 1, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setgroups, "setgroups", 2, Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_capset, "capset", 2, Kind::Process(ProcessCall::SetUser)),
    // what a process keeps for itself and its children
    row(libc::SYS_mlock, "mlock", 2, Kind::Process(ProcessCall::Keep)),
    row(libc::SYS_mlock2, "mlock2", 3, Kind::Process(ProcessCall::Keep)),
    row(libc::SYS_munlock, "munlock", 2, Kind::Process(ProcessCall::Keep)),
    row(libc::SYS_mlockall, "mlockall", 1, Kind::Process(ProcessCall::Keep)),
    row(libc::SYS_munlockall, "munlockall", 0, Kind::Process(ProcessCall::Keep)),
    row(462, "mseal", 3, Kind::Process(ProcessCall::Keep)),
    row(libc::SYS_pkey_alloc, "pkey_alloc", 2, Kind::Process(ProcessCall::KeepUnseen)),
    row(libc::SYS_set_mempolicy, "set_mempolicy", 3, Kind::Process(ProcessCall::KeepUnseen)),
    row(libc::SYS_mbind, "mbind", 6, Kind::Process(ProcessCall::KeepUnseen)),
    row(libc::SYS_landlock_restrict_self, "landlock_restrict_self", 2, Kind::Process(ProcessCall::KeepUnseen)),
    row(libc::SYS_seccomp, "seccomp", 3, Kind::Process(ProcessCall::KeepUnseen)),
    row(libc::SYS_fchmodat, "fchmodat", 3, Kind::File(FileCall::SetAttribute)),
    row(452, "fchmodat2", 4, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fchmod, "fchmod", 2, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fchownat, "fchownat", 5, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fchown, "fchown", 3, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_utimensat, "utimensat", 4, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_setxattr, "setxattr", 5, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fsetxattr, "fsetxattr", 5, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_lsetxattr, "lsetxattr", 5, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_removexattr, "removexattr", 2, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fremovexattr, "fremovexattr", 2, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_lremovexattr, "lremovexattr", 2, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_getxattr, "getxattr", 4, Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_fgetxattr, "fgetxattr", 4, Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_lgetxattr, "lgetxattr", 4, Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_listxattr, "listxattr", 3, Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_flistxattr, "flistxattr", 3, Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_llistxattr, "llistxattr", 3, Kind::File(FileCall::GetAttribute)),
    nested_row(463, "setxattrat", 6, Kind::File(FileCall::SetAttribute)),
    nested_row(464, "getxattrat", 6, Kind::File(FileCall::GetAttribute)),
    row(465, "listxattrat", 5, Kind::File(FileCall::GetAttribute)),
    row(466, "removexattrat", 4, Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_setsockopt, "setsockopt", 5, Kind::Stream(StreamCall::SetSocket)),
    row(libc::SYS_getsockopt, "getsockopt", 5, Kind::Stream(StreamCall::GetSocket)),
    row(libc::SYS_getsockname, "getsockname", 3, Kind::Stream(StreamCall::GetSocket)),
    row(libc::SYS_getpeername, "getpeername", 3, Kind::Stream(StreamCall::GetSocket)),
    row(libc::SYS_epoll_ctl, "epoll_ctl", 4, Kind::Poll(PollCall::EpollControl)),
    row(libc::SYS_timerfd_gettime, "timerfd_gettime", 2, Kind::Time(TimeCall::TimerFdGet)),
    row(libc::SYS_pidfd_getfd, "pidfd_getfd", 3, Kind::NotWatched),
    // what is carried out, and only said
    nested_row(libc::SYS_io_submit, "io_submit", 3, Kind::Stream(StreamCall::IoSubmit)),
    row(libc::SYS_io_getevents, "io_getevents", 5, Kind::NotWatched),
    row(libc::SYS_process_vm_writev, "process_vm_writev", 6, Kind::NotWatched),
    row(libc::SYS_process_vm_readv, "process_vm_readv", 6, Kind::NotWatched),
    row(libc::SYS_ptrace, "ptrace", 4, Kind::NotWatched),
    row(libc::SYS_mq_notify, "mq_notify", 2, Kind::NotWatched),
    row(libc::SYS_inotify_init1, "inotify_init1", 1, Kind::NotWatched),
    row(libc::SYS_fanotify_init, "fanotify_init", 2, Kind::NotWatched),
    row(libc::SYS_mremap, "mremap", 5, Kind::Memory(MemoryCall::Remap)),
    row(libc::SYS_userfaultfd, "userfaultfd", 1, Kind::NotWatched),
    row(libc::SYS_setns, "setns", 2, Kind::NotWatched),
    row(libc::SYS_unshare, "unshare", 1, Kind::Process(ProcessCall::Unshare)),
    row(libc::SYS_kcmp, "kcmp", 5, Kind::NotWatched),
    row(libc::SYS_open_by_handle_at, "open_by_handle_at", 3, Kind::NotWatched),
    row(libc::SYS_process_madvise, "process_madvise", 5, Kind::NotWatched),
    row(libc::SYS_process_mrelease, "process_mrelease", 2, Kind::NotWatched),
    row(libc::SYS_perf_event_open, "perf_event_open", 5, Kind::NotWatched),
    row(libc::SYS_bpf, "bpf", 3, Kind::NotWatched),
    row(libc::SYS_get_robust_list, "get_robust_list", 3, Kind::NotWatched),
    row(libc::SYS_move_pages, "move_pages", 6, Kind::NotWatched),
    row(libc::SYS_migrate_pages, "migrate_pages", 4, Kind::NotWatched),
    row(libc::SYS_remap_file_pages, "remap_file_pages", 5, Kind::NotWatched),
    row(libc::SYS_memfd_secret, "memfd_secret", 1, Kind::NotWatched),
    row(libc::SYS_sethostname, "sethostname", 2, Kind::NotWatched),
    row(libc::SYS_setdomainname, "setdomainname", 2, Kind::NotWatched),
    row(libc::SYS_mount, "mount", 5, Kind::NotWatched),
    row(libc::SYS_umount2, "umount2", 2, Kind::NotWatched),
    row(libc::SYS_open_tree, "open_tree", 3, Kind::NotWatched),
    row(libc::SYS_move_mount, "move_mount", 5, Kind::NotWatched),
    row(libc::SYS_pivot_root, "pivot_root", 2, Kind::NotWatched),
    row(libc::SYS_chroot, "chroot", 1, Kind::NotWatched),
    row(libc::SYS_adjtimex, "adjtimex", 1, Kind::NotWatched),
    row(libc::SYS_clock_adjtime, "clock_adjtime", 2, Kind::NotWatched),
    row(libc::SYS_clock_settime, "clock_settime", 2, Kind::NotWatched),
    row(libc::SYS_settimeofday, "settimeofday", 2, Kind::NotWatched),
    row(libc::SYS_syslog, "syslog", 3, Kind::NotWatched),
    // older calls that newer processors never had
    row(arch::SYS_pipe, "pipe", 1, Kind::Stream(StreamCall::Pipe)),
    row(arch::SYS_eventfd, "eventfd", 1, Kind::Stream(StreamCall::EventFd)),
    row(arch::SYS_dup2, "dup2", 2, Kind::Stream(StreamCall::Dup)),
    row(arch::SYS_poll, "poll", 3, Kind::Poll(PollCall::Poll)),
    row(arch::SYS_select, "select", 5, Kind::Poll(PollCall::Select)),
    row(arch::SYS_epoll_wait, "epoll_wait", 4, Kind::Poll(PollCall::EpollWait)),
    row(arch::SYS_open, "open", 3, Kind::Path(PathCall::Open)),
    row(arch::SYS_creat, "creat", 2, Kind::Path(PathCall::Open)),
    row(arch::SYS_chmod, "chmod", 2, Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_chown, "chown", 3, Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_lchown, "lchown", 3, Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_utime, "utime", 2, Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_utimes, "utimes", 2, Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_futimesat, "futimesat", 3, Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_signalfd, "signalfd", 3, Kind::Signal(SignalCall::Descriptor)),
    row(arch::SYS_unlink, "unlink", 1, Kind::Path(PathCall::Unlink)),
    row(arch::SYS_rmdir, "rmdir", 1, Kind::Path(PathCall::Unlink)),
    row(arch::SYS_rename, "rename", 2, Kind::Path(PathCall::Rename)),
    row(arch::SYS_link, "link", 2, Kind::Path(PathCall::Rename)),
    row(arch::SYS_symlink, "symlink", 2, Kind::Path(PathCall::Symlink)),
    row(arch::SYS_mkdir, "mkdir", 2, Kind::Path(PathCall::Mkdir)),
    row(arch::SYS_mknod, "mknod", 3, Kind::Path(PathCall::Mkdir)),
    row(arch::SYS_stat, "stat", 2, Kind::Path(PathCall::Stat)),
    row(arch::SYS_lstat, "lstat", 2, Kind::Path(PathCall::Stat)),
    row(arch::SYS_access, "access", 2, Kind::Path(PathCall::Stat)),
    row(arch::SYS_readlink, "readlink", 2, Kind::Path(PathCall::Stat)),
    row(arch::SYS_renameat, "renameat", 4, Kind::Path(PathCall::RenameAt)),
    row(arch::SYS_fork, "fork", 0, Kind::Process(ProcessCall::Fork)),
    row(arch::SYS_vfork, "vfork", 0, Kind::Process(ProcessCall::Vfork)),
    row(arch::SYS_pause, "pause", 0, Kind::Signal(SignalCall::Pause)),
    row(arch::SYS_alarm, "alarm", 1, Kind::Time(TimeCall::Alarm)),
    row(arch::SYS_time, "time", 1, Kind::Time(TimeCall::Time)),
    row(arch::SYS_getdents, "getdents", 3, Kind::File(FileCall::ReadFolder)),
    row(arch::SYS_getpgrp, "getpgrp", 0, Kind::Process(ProcessCall::Group)),
    row(arch::SYS_inotify_init, "inotify_init", 0, Kind::NotWatched),
];

/// Calls that are carried out without a word: their process alone can tell that they were made, and they tell it of nobody else. None is given the
/// address of anything that might lie in memory which is hidden.
pub const LET_THROUGH: &[i64] = &[
    // a process's own memory (what it shares with others is followed where it is mapped)
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_pkey_mprotect,
    libc::SYS_pkey_free,
    libc::SYS_membarrier,
    libc::SYS_rseq,
    arch::SYS_arch_prctl,
    // who it is (what others can change of that is held where they change it)
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_sched_get_priority_max,
    libc::SYS_sched_get_priority_min,
    // the end of a handler, and of a call that was interrupted
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    // descriptors of its own: what they stand for is looked at where they are used
    libc::SYS_dup,
    libc::SYS_epoll_create1,
    arch::SYS_epoll_create,
    libc::SYS_timerfd_create,
    // what goes with descriptors that are not watched, which is said where these are made
    libc::SYS_inotify_rm_watch,
    libc::SYS_io_destroy,
    // when what was written reaches the disk: who reads finds it before that
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync,
    libc::SYS_syncfs,
    libc::SYS_sync_file_range,
    libc::SYS_msync,
    libc::SYS_readahead,
    libc::SYS_fadvise64,
];

/// Calls answered with ENOSYS. By the first ones a process could write, wait or wake without any of the calls above; keyrings(7) belong to the session
/// in which the user works: what is in them a program could read, and the next run would find what this one leaves there.
pub const REFUSED: &[Row] = &[
    row(libc::SYS_io_uring_setup, "io_uring_setup", 2, Kind::NotWatched),
    row(libc::SYS_futex_waitv, "futex_waitv", 5, Kind::NotWatched),
    row(454, "futex_wake", 4, Kind::NotWatched),
    row(455, "futex_wait", 6, Kind::NotWatched),
    row(456, "futex_requeue", 4, Kind::NotWatched),
    row(libc::SYS_keyctl, "keyctl", 5, Kind::NotWatched),
    row(libc::SYS_request_key, "request_key", 4, Kind::NotWatched),
    row(libc::SYS_add_key, "add_key", 5, Kind::NotWatched),
];

/// The row of a call, if it is held and was classified.
pub fn find(nr: i64) -> Option<&'static Row> {
    HELD.iter().find(|row| row.nr == nr)
}

/// Whether a call is held, and is this.
pub fn is(nr: i64, kind: Kind) -> bool {
    find(nr).is_some_and(|row| row.kind == kind)
}

/// The name of a system call.
pub fn name(nr: i64) -> String {
    HELD.iter()
        .chain(REFUSED)
        .find(|row| row.nr == nr)
        .map_or_else(|| format!("system call {nr}"), |row| row.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_stands_there_once() {
        let rows: Vec<&Row> = HELD.iter().chain(REFUSED).filter(|row| row.nr >= 0).collect();
        for (at, row) in rows.iter().enumerate() {
            assert!(rows[..at].iter().all(|other| other.nr != row.nr && other.name != row.name), "{}", row.name);
            assert!(!LET_THROUGH.contains(&row.nr), "{} is let through, and held or refused", row.name);
        }
    }
}
