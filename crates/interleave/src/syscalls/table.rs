//! The one list of system calls: which are held, what they are called, and who decodes them.
//!
//! The filter is made from these rows, errors and caveats take their names from them, and [`Kind`] is what
//! the decoders match on, so that a call without a decoder does not compile. A call that is not listed is carried out
//! by the kernel without a word: it neither sees nor changes what other processes do (or nobody has classified it yet).

use super::files::{FileCall, PathCall};
use super::memory::MemoryCall;
use super::polls::PollCall;
use super::processes::ProcessCall;
use super::signals::SignalCall;
use super::streams::StreamCall;
use super::time::TimeCall;
use crate::kernel::arch;

/// One system call.
pub struct Row {
    /// Its number.
    pub nr: i64,
    /// Its name, as in its man page.
    pub name: &'static str,
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

const fn row(nr: i64, name: &'static str, kind: Kind) -> Row {
    Row { nr, name, kind }
}

/// Every call that is held.
pub const HELD: &[Row] = &[
    // output and streams
    row(libc::SYS_write, "write", Kind::Stream(StreamCall::Write)),
    row(libc::SYS_writev, "writev", Kind::Stream(StreamCall::WriteV)),
    row(libc::SYS_pwrite64, "pwrite64", Kind::Stream(StreamCall::PositionedWrite)),
    row(libc::SYS_pwritev, "pwritev", Kind::Stream(StreamCall::PositionedWriteV)),
    row(libc::SYS_pwritev2, "pwritev2", Kind::Stream(StreamCall::WriteV2)),
    row(libc::SYS_sendto, "sendto", Kind::Stream(StreamCall::SendTo)),
    row(libc::SYS_sendmsg, "sendmsg", Kind::Stream(StreamCall::SendMsg)),
    row(libc::SYS_sendmmsg, "sendmmsg", Kind::Stream(StreamCall::SendMmsg)),
    row(libc::SYS_sendfile, "sendfile", Kind::Stream(StreamCall::SendFile)),
    row(libc::SYS_splice, "splice", Kind::Stream(StreamCall::Splice)),
    row(libc::SYS_tee, "tee", Kind::Stream(StreamCall::Tee)),
    row(libc::SYS_vmsplice, "vmsplice", Kind::Stream(StreamCall::SendFile)),
    row(libc::SYS_copy_file_range, "copy_file_range", Kind::Stream(StreamCall::Splice)),
    row(libc::SYS_read, "read", Kind::Stream(StreamCall::Read)),
    row(libc::SYS_readv, "readv", Kind::Stream(StreamCall::ReadV)),
    row(libc::SYS_pread64, "pread64", Kind::Stream(StreamCall::PositionedRead)),
    row(libc::SYS_preadv, "preadv", Kind::Stream(StreamCall::PositionedReadV)),
    row(libc::SYS_preadv2, "preadv2", Kind::Stream(StreamCall::ReadV2)),
    row(libc::SYS_recvfrom, "recvfrom", Kind::Stream(StreamCall::RecvFrom)),
    row(libc::SYS_recvmsg, "recvmsg", Kind::Stream(StreamCall::RecvMsg)),
    row(libc::SYS_recvmmsg, "recvmmsg", Kind::Stream(StreamCall::RecvMmsg)),
    row(libc::SYS_accept, "accept", Kind::Stream(StreamCall::Accept)),
    row(libc::SYS_accept4, "accept4", Kind::Stream(StreamCall::Accept)),
    row(libc::SYS_pipe2, "pipe2", Kind::Stream(StreamCall::Pipe)),
    row(libc::SYS_eventfd2, "eventfd2", Kind::Stream(StreamCall::EventFd)),
    row(libc::SYS_socketpair, "socketpair", Kind::Stream(StreamCall::SocketPair)),
    row(libc::SYS_socket, "socket", Kind::Stream(StreamCall::Socket)),
    row(libc::SYS_bind, "bind", Kind::Stream(StreamCall::Bind)),
    row(libc::SYS_listen, "listen", Kind::Stream(StreamCall::SocketCall)),
    row(libc::SYS_connect, "connect", Kind::Stream(StreamCall::Connect)),
    row(libc::SYS_ioctl, "ioctl", Kind::Stream(StreamCall::Ioctl)),
    row(libc::SYS_shutdown, "shutdown", Kind::Stream(StreamCall::Shutdown)),
    row(libc::SYS_close, "close", Kind::Stream(StreamCall::Close)),
    row(libc::SYS_close_range, "close_range", Kind::Stream(StreamCall::CloseRange)),
    row(libc::SYS_dup3, "dup3", Kind::Stream(StreamCall::Dup)),
    // waiting for several
    row(libc::SYS_ppoll, "ppoll", Kind::Poll(PollCall::Ppoll)),
    row(libc::SYS_pselect6, "pselect6", Kind::Poll(PollCall::Pselect)),
    row(libc::SYS_epoll_pwait, "epoll_pwait", Kind::Poll(PollCall::EpollWait)),
    row(libc::SYS_epoll_pwait2, "epoll_pwait2", Kind::Poll(PollCall::EpollWait)),
    // files
    row(libc::SYS_openat, "openat", Kind::Path(PathCall::OpenAt)),
    row(libc::SYS_openat2, "openat2", Kind::Path(PathCall::OpenAt)),
    row(libc::SYS_unlinkat, "unlinkat", Kind::Path(PathCall::UnlinkAt)),
    row(libc::SYS_renameat2, "renameat2", Kind::Path(PathCall::RenameAt)),
    row(libc::SYS_linkat, "linkat", Kind::Path(PathCall::LinkAt)),
    row(libc::SYS_symlinkat, "symlinkat", Kind::Path(PathCall::SymlinkAt)),
    row(libc::SYS_mkdirat, "mkdirat", Kind::Path(PathCall::MkdirAt)),
    row(libc::SYS_mknodat, "mknodat", Kind::Path(PathCall::MknodAt)),
    row(libc::SYS_truncate, "truncate", Kind::Path(PathCall::Truncate)),
    row(libc::SYS_ftruncate, "ftruncate", Kind::File(FileCall::Change)),
    row(libc::SYS_fallocate, "fallocate", Kind::File(FileCall::Change)),
    row(libc::SYS_lseek, "lseek", Kind::File(FileCall::Seek)),
    row(libc::SYS_getdents64, "getdents64", Kind::File(FileCall::ReadFolder)),
    row(libc::SYS_newfstatat, "newfstatat", Kind::Path(PathCall::StatAt)),
    row(libc::SYS_statx, "statx", Kind::Path(PathCall::StatAt)),
    row(libc::SYS_faccessat, "faccessat", Kind::Path(PathCall::AccessAt)),
    row(libc::SYS_faccessat2, "faccessat2", Kind::Path(PathCall::AccessAt)),
    row(libc::SYS_chdir, "chdir", Kind::Path(PathCall::Stat)),
    row(libc::SYS_getcwd, "getcwd", Kind::File(FileCall::WhereAmI)),
    row(libc::SYS_readlinkat, "readlinkat", Kind::Path(PathCall::AccessAt)),
    row(libc::SYS_fstat, "fstat", Kind::File(FileCall::Look)),
    row(libc::SYS_flock, "flock", Kind::File(FileCall::Flock)),
    row(libc::SYS_fcntl, "fcntl", Kind::File(FileCall::Fcntl)),
    // memory and locks
    row(libc::SYS_futex, "futex", Kind::Memory(MemoryCall::Futex)),
    row(libc::SYS_mmap, "mmap", Kind::Memory(MemoryCall::Mmap)),
    row(libc::SYS_madvise, "madvise", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_uname, "uname", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_sysinfo, "sysinfo", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_statfs, "statfs", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_fstatfs, "fstatfs", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getgroups, "getgroups", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getresuid, "getresuid", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getresgid, "getresgid", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_clock_getres, "clock_getres", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getrlimit, "getrlimit", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_setrlimit, "setrlimit", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_sigaltstack, "sigaltstack", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_mincore, "mincore", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_capget, "capget", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_getcpu, "getcpu", Kind::Memory(MemoryCall::Reaches)),
    row(libc::SYS_memfd_create, "memfd_create", Kind::Memory(MemoryCall::Reaches)),
    // processes
    row(libc::SYS_wait4, "wait4", Kind::Process(ProcessCall::Wait4)),
    row(libc::SYS_waitid, "waitid", Kind::Process(ProcessCall::WaitId)),
    row(libc::SYS_clone, "clone", Kind::Process(ProcessCall::Clone)),
    row(libc::SYS_clone3, "clone3", Kind::Process(ProcessCall::Clone3)),
    row(libc::SYS_execve, "execve", Kind::Process(ProcessCall::Exec)),
    row(libc::SYS_execveat, "execveat", Kind::Process(ProcessCall::Exec)),
    row(libc::SYS_exit, "exit", Kind::Process(ProcessCall::ExitThread)),
    row(libc::SYS_exit_group, "exit_group", Kind::Process(ProcessCall::ExitGroup)),
    row(libc::SYS_getppid, "getppid", Kind::Process(ProcessCall::GetParent)),
    row(libc::SYS_set_tid_address, "set_tid_address", Kind::Process(ProcessCall::FirstCall)),
    row(libc::SYS_set_robust_list, "set_robust_list", Kind::Process(ProcessCall::FirstCall)),
    row(libc::SYS_setpgid, "setpgid", Kind::Process(ProcessCall::Session)),
    row(libc::SYS_setsid, "setsid", Kind::Process(ProcessCall::Session)),
    row(libc::SYS_getpgid, "getpgid", Kind::Process(ProcessCall::Group)),
    row(libc::SYS_getsid, "getsid", Kind::Process(ProcessCall::Group)),
    row(libc::SYS_prctl, "prctl", Kind::Process(ProcessCall::Prctl)),
    // signals
    row(libc::SYS_kill, "kill", Kind::Signal(SignalCall::Kill)),
    row(libc::SYS_tkill, "tkill", Kind::Signal(SignalCall::Tkill)),
    row(libc::SYS_tgkill, "tgkill", Kind::Signal(SignalCall::Tgkill)),
    row(libc::SYS_rt_sigqueueinfo, "rt_sigqueueinfo", Kind::Signal(SignalCall::Kill)),
    row(libc::SYS_rt_tgsigqueueinfo, "rt_tgsigqueueinfo", Kind::Signal(SignalCall::Tgkill)),
    row(libc::SYS_pidfd_open, "pidfd_open", Kind::Process(ProcessCall::PidfdOpen)),
    row(libc::SYS_pidfd_send_signal, "pidfd_send_signal", Kind::Signal(SignalCall::PidfdSend)),
    row(libc::SYS_rt_sigaction, "rt_sigaction", Kind::Signal(SignalCall::Action)),
    row(libc::SYS_rt_sigprocmask, "rt_sigprocmask", Kind::Signal(SignalCall::Mask)),
    row(libc::SYS_rt_sigpending, "rt_sigpending", Kind::Signal(SignalCall::Look)),
    row(libc::SYS_rt_sigsuspend, "rt_sigsuspend", Kind::Signal(SignalCall::Suspend)),
    row(libc::SYS_rt_sigtimedwait, "rt_sigtimedwait", Kind::Signal(SignalCall::Wait)),
    row(libc::SYS_signalfd4, "signalfd4", Kind::Signal(SignalCall::Descriptor)),
    // time
    row(libc::SYS_nanosleep, "nanosleep", Kind::Time(TimeCall::Sleep)),
    row(libc::SYS_clock_nanosleep, "clock_nanosleep", Kind::Time(TimeCall::ClockSleep)),
    row(libc::SYS_sched_yield, "sched_yield", Kind::Time(TimeCall::Yield)),
    row(libc::SYS_clock_gettime, "clock_gettime", Kind::Time(TimeCall::ClockGet)),
    row(libc::SYS_gettimeofday, "gettimeofday", Kind::Time(TimeCall::TimeOfDay)),
    row(libc::SYS_getrusage, "getrusage", Kind::Time(TimeCall::Usage)),
    row(libc::SYS_times, "times", Kind::Time(TimeCall::Times)),
    row(libc::SYS_setitimer, "setitimer", Kind::Time(TimeCall::SetTimer)),
    row(libc::SYS_timer_create, "timer_create", Kind::Time(TimeCall::TimerCreate)),
    row(libc::SYS_timer_settime, "timer_settime", Kind::Time(TimeCall::TimerSet)),
    row(libc::SYS_timer_delete, "timer_delete", Kind::Time(TimeCall::TimerDelete)),
    row(libc::SYS_getitimer, "getitimer", Kind::Time(TimeCall::GetTimer)),
    row(libc::SYS_timer_gettime, "timer_gettime", Kind::Time(TimeCall::TimerGet)),
    row(libc::SYS_timer_getoverrun, "timer_getoverrun", Kind::Time(TimeCall::TimerOverrun)),
    row(libc::SYS_timerfd_settime, "timerfd_settime", Kind::Time(TimeCall::TimerFdSet)),
    // chance
    row(libc::SYS_getrandom, "getrandom", Kind::Random),
    // between processes
    row(libc::SYS_msgget, "msgget", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_msgsnd, "msgsnd", Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_msgrcv, "msgrcv", Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_msgctl, "msgctl", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_semget, "semget", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_semop, "semop", Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_semtimedop, "semtimedop", Kind::Memory(MemoryCall::IpcWait)),
    row(libc::SYS_semctl, "semctl", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_shmget, "shmget", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_shmat, "shmat", Kind::Memory(MemoryCall::Attach)),
    row(libc::SYS_shmdt, "shmdt", Kind::Memory(MemoryCall::Attach)),
    row(libc::SYS_shmctl, "shmctl", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_mq_open, "mq_open", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_mq_unlink, "mq_unlink", Kind::Memory(MemoryCall::Ipc)),
    row(libc::SYS_mq_timedsend, "mq_timedsend", Kind::Memory(MemoryCall::MqWait)),
    row(libc::SYS_mq_timedreceive, "mq_timedreceive", Kind::Memory(MemoryCall::MqWait)),
    row(libc::SYS_mq_getsetattr, "mq_getsetattr", Kind::Memory(MemoryCall::Ipc)),
    // what belongs to a process or a file beside its content
    row(libc::SYS_setpriority, "setpriority", Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_getpriority, "getpriority", Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setaffinity, "sched_setaffinity", Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getaffinity, "sched_getaffinity", Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setscheduler, "sched_setscheduler", Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getscheduler, "sched_getscheduler", Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setparam, "sched_setparam", Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getparam, "sched_getparam", Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_sched_setattr, "sched_setattr", Kind::Process(ProcessCall::SetProcess)),
    row(libc::SYS_sched_getattr, "sched_getattr", Kind::Process(ProcessCall::GetProcess)),
    row(libc::SYS_prlimit64, "prlimit64", Kind::Process(ProcessCall::Prlimit)),
    row(libc::SYS_setuid, "setuid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setgid, "setgid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setreuid, "setreuid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setregid, "setregid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setresuid, "setresuid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setresgid, "setresgid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setfsuid, "setfsuid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setfsgid, "setfsgid", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_setgroups, "setgroups", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_capset, "capset", Kind::Process(ProcessCall::SetUser)),
    row(libc::SYS_fchmodat, "fchmodat", Kind::File(FileCall::SetAttribute)),
    row(452, "fchmodat2", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fchmod, "fchmod", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fchownat, "fchownat", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fchown, "fchown", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_utimensat, "utimensat", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_setxattr, "setxattr", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fsetxattr, "fsetxattr", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_lsetxattr, "lsetxattr", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_removexattr, "removexattr", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_fremovexattr, "fremovexattr", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_lremovexattr, "lremovexattr", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_getxattr, "getxattr", Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_fgetxattr, "fgetxattr", Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_lgetxattr, "lgetxattr", Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_listxattr, "listxattr", Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_flistxattr, "flistxattr", Kind::File(FileCall::GetAttribute)),
    row(libc::SYS_llistxattr, "llistxattr", Kind::File(FileCall::GetAttribute)),
    row(463, "setxattrat", Kind::File(FileCall::SetAttribute)),
    row(464, "getxattrat", Kind::File(FileCall::GetAttribute)),
    row(465, "listxattrat", Kind::File(FileCall::GetAttribute)),
    row(466, "removexattrat", Kind::File(FileCall::SetAttribute)),
    row(libc::SYS_setsockopt, "setsockopt", Kind::Stream(StreamCall::SetSocket)),
    row(libc::SYS_getsockopt, "getsockopt", Kind::Stream(StreamCall::GetSocket)),
    row(libc::SYS_getsockname, "getsockname", Kind::Stream(StreamCall::GetSocket)),
    row(libc::SYS_getpeername, "getpeername", Kind::Stream(StreamCall::GetSocket)),
    row(libc::SYS_epoll_ctl, "epoll_ctl", Kind::Poll(PollCall::EpollControl)),
    row(libc::SYS_timerfd_gettime, "timerfd_gettime", Kind::Time(TimeCall::TimerFdGet)),
    row(libc::SYS_pidfd_getfd, "pidfd_getfd", Kind::NotWatched),
    // what is carried out, and only said
    row(libc::SYS_io_submit, "io_submit", Kind::NotWatched),
    row(libc::SYS_io_getevents, "io_getevents", Kind::NotWatched),
    row(libc::SYS_process_vm_writev, "process_vm_writev", Kind::NotWatched),
    row(libc::SYS_process_vm_readv, "process_vm_readv", Kind::NotWatched),
    row(libc::SYS_ptrace, "ptrace", Kind::NotWatched),
    row(libc::SYS_mq_notify, "mq_notify", Kind::NotWatched),
    row(libc::SYS_inotify_init1, "inotify_init1", Kind::NotWatched),
    row(libc::SYS_fanotify_init, "fanotify_init", Kind::NotWatched),
    row(libc::SYS_mremap, "mremap", Kind::Memory(MemoryCall::Remap)),
    row(libc::SYS_userfaultfd, "userfaultfd", Kind::NotWatched),
    row(libc::SYS_setns, "setns", Kind::NotWatched),
    row(libc::SYS_unshare, "unshare", Kind::Process(ProcessCall::Unshare)),
    row(libc::SYS_keyctl, "keyctl", Kind::NotWatched),
    row(libc::SYS_request_key, "request_key", Kind::NotWatched),
    row(libc::SYS_add_key, "add_key", Kind::NotWatched),
    row(libc::SYS_kcmp, "kcmp", Kind::NotWatched),
    // older calls that newer processors never had
    row(arch::SYS_pipe, "pipe", Kind::Stream(StreamCall::Pipe)),
    row(arch::SYS_eventfd, "eventfd", Kind::Stream(StreamCall::EventFd)),
    row(arch::SYS_dup2, "dup2", Kind::Stream(StreamCall::Dup)),
    row(arch::SYS_poll, "poll", Kind::Poll(PollCall::Poll)),
    row(arch::SYS_select, "select", Kind::Poll(PollCall::Select)),
    row(arch::SYS_epoll_wait, "epoll_wait", Kind::Poll(PollCall::EpollWait)),
    row(arch::SYS_open, "open", Kind::Path(PathCall::Open)),
    row(arch::SYS_creat, "creat", Kind::Path(PathCall::Open)),
    row(arch::SYS_chmod, "chmod", Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_chown, "chown", Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_lchown, "lchown", Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_utime, "utime", Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_utimes, "utimes", Kind::File(FileCall::SetAttribute)),
    row(arch::SYS_unlink, "unlink", Kind::Path(PathCall::Unlink)),
    row(arch::SYS_rmdir, "rmdir", Kind::Path(PathCall::Unlink)),
    row(arch::SYS_rename, "rename", Kind::Path(PathCall::Rename)),
    row(arch::SYS_link, "link", Kind::Path(PathCall::Rename)),
    row(arch::SYS_symlink, "symlink", Kind::Path(PathCall::Symlink)),
    row(arch::SYS_mkdir, "mkdir", Kind::Path(PathCall::Mkdir)),
    row(arch::SYS_mknod, "mknod", Kind::Path(PathCall::Mkdir)),
    row(arch::SYS_stat, "stat", Kind::Path(PathCall::Stat)),
    row(arch::SYS_lstat, "lstat", Kind::Path(PathCall::Stat)),
    row(arch::SYS_access, "access", Kind::Path(PathCall::Stat)),
    row(arch::SYS_readlink, "readlink", Kind::Path(PathCall::Stat)),
    row(arch::SYS_renameat, "renameat", Kind::Path(PathCall::RenameAt)),
    row(arch::SYS_fork, "fork", Kind::Process(ProcessCall::Fork)),
    row(arch::SYS_vfork, "vfork", Kind::Process(ProcessCall::Vfork)),
    row(arch::SYS_pause, "pause", Kind::Signal(SignalCall::Pause)),
    row(arch::SYS_alarm, "alarm", Kind::Time(TimeCall::Alarm)),
    row(arch::SYS_time, "time", Kind::Time(TimeCall::Time)),
    row(arch::SYS_getdents, "getdents", Kind::File(FileCall::ReadFolder)),
    row(arch::SYS_getpgrp, "getpgrp", Kind::Process(ProcessCall::Group)),
    row(arch::SYS_inotify_init, "inotify_init", Kind::NotWatched),
];

/// Calls answered with ENOSYS: by them a process could write, wait or wake without any of the calls above.
pub const REFUSED: &[Row] = &[
    row(libc::SYS_io_uring_setup, "io_uring_setup", Kind::NotWatched),
    row(libc::SYS_futex_waitv, "futex_waitv", Kind::NotWatched),
    row(454, "futex_wake", Kind::NotWatched),
    row(455, "futex_wait", Kind::NotWatched),
    row(456, "futex_requeue", Kind::NotWatched),
];

/// The row of a call, if it is held.
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
        }
    }
}
