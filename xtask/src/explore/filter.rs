//! The system calls at which a process is held: a seccomp filter.
//!
//! It sends the calls of [`HELD`] (some only with certain arguments) to the supervisor; what could reach standard output or
//! another process behind its back is answered as if the kernel did not have it. See seccomp(2) and seccomp_unotify(2).

use libc::{sock_filter, sock_fprog};

use super::arch;

/// Calls that always go to the supervisor.
const HELD: &[i64] = &[
    // what may reach standard output, a pipe or a socket
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwritev2,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_sendfile,
    libc::SYS_splice,
    libc::SYS_tee,
    libc::SYS_vmsplice,
    libc::SYS_copy_file_range,
    // what may wait for another process, or look at what it did
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_preadv2,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    libc::SYS_accept,
    libc::SYS_accept4,
    arch::SYS_poll,
    libc::SYS_ppoll,
    arch::SYS_select,
    libc::SYS_pselect6,
    arch::SYS_epoll_wait,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_futex,
    libc::SYS_wait4,
    libc::SYS_waitid,
    libc::SYS_sched_yield,
    // the next call after the start of a thread, in glibc
    libc::SYS_rt_sigprocmask,
    // time
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_gettimeofday,
    arch::SYS_time,
    libc::SYS_getrusage,
    // its two ends must be known to belong together
    libc::SYS_socketpair,
    // chance
    libc::SYS_getrandom,
    // the lives of processes
    arch::SYS_fork,
    arch::SYS_vfork,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_exit,
    libc::SYS_getppid,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_send_signal,
    // the first calls of a new process or program in every libc: nothing of its own has run yet
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
];

/// Calls answered with ENOSYS: by them a process could write, wait or wake without any of the calls above.
const REFUSED: &[i64] = &[
    libc::SYS_io_uring_setup,
    libc::SYS_futex_waitv,
    454, // futex_wake, as futex_wait and futex_requeue
    455,
    456,
];

/// The exit status with which a launcher that could not execute the program ends.
pub const LAUNCH_FAILED: u32 = 0x7e78_706c;

const SYSCALL_NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

/// The low half of an argument, as `seccomp_data` holds it.
const fn argument(n: u32) -> u32 {
    16 + 8 * n
}

fn statement(code: u32, k: u32) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

fn jump(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: (libc::BPF_JMP | code) as u16, jt, jf, k }
}

fn load(offset: u32) -> sock_filter {
    statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset)
}

fn answer(action: u32) -> sock_filter {
    statement(libc::BPF_RET | libc::BPF_K, action)
}

/// The filter. The `execve` whose path stands at the address `own_path` is let through: it is the one that starts the
/// program, made before there is anyone to answer for it.
pub fn program(own_path: u64) -> Vec<sock_filter> {
    const EQ: u32 = libc::BPF_JEQ | libc::BPF_K;
    const ANY_BIT: u32 = libc::BPF_JSET | libc::BPF_K;
    let refused = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;

    let mut filter = vec![
        load(ARCHITECTURE),
        jump(EQ, arch::AUDIT_ARCH, 1, 0),
        answer(refused),
        load(SYSCALL_NUMBER),
        // The calls of the x32 ABI have other numbers; no processor has calls with these.
        jump(libc::BPF_JGE | libc::BPF_K, 0x4000_0000, 0, 1),
        answer(refused),
        jump(EQ, libc::SYS_execve as u32, 0, 5),
        load(argument(0)),
        jump(EQ, own_path as u32, 0, 2),
        load(argument(0) + 4),
        jump(EQ, (own_path >> 32) as u32, 1, 0),
        answer(libc::SECCOMP_RET_USER_NOTIF),
        // Here is the program's own execve, or another call than execve: only the latter is looked at any further.
        load(SYSCALL_NUMBER),
        jump(EQ, libc::SYS_execve as u32, 0, 1),
        answer(libc::SECCOMP_RET_ALLOW),
        // Only the launcher ends with a status that no parent could ever see; nobody is there to answer it.
        jump(EQ, libc::SYS_exit_group as u32, 0, 4),
        load(argument(0)),
        jump(EQ, LAUNCH_FAILED, 1, 0),
        answer(libc::SECCOMP_RET_USER_NOTIF),
        answer(libc::SECCOMP_RET_ALLOW),
        // Memory that other processes will see.
        jump(EQ, libc::SYS_mmap as u32, 0, 4),
        load(argument(3)),
        jump(ANY_BIT, libc::MAP_SHARED as u32, 0, 1),
        answer(libc::SECCOMP_RET_USER_NOTIF),
        answer(libc::SECCOMP_RET_ALLOW),
    ];
    for &call in REFUSED {
        filter.extend([jump(EQ, call as u32, 0, 1), answer(refused)]);
    }
    for &call in HELD.iter().filter(|&&call| call != libc::SYS_execve) {
        filter.extend([jump(EQ, call as u32, 0, 1), answer(libc::SECCOMP_RET_USER_NOTIF)]);
    }
    filter.push(answer(libc::SECCOMP_RET_ALLOW));
    filter
}

/// The filter as seccomp(2) takes it; it points into `filter`.
pub fn as_fprog(filter: &mut [sock_filter]) -> sock_fprog {
    sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() }
}
