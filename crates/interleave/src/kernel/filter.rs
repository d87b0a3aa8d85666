//! The system calls at which a process is held: a seccomp filter.
//!
//! It sends all calls to the supervisor but those of which the [table](crate::syscalls::table) says that nobody else can tell when they are
//! made (and some with certain arguments only); what could reach standard output or another process behind its back is answered as if the
//! kernel did not have it. See seccomp(2) and seccomp_unotify(2).

use libc::{sock_filter, sock_fprog};

use crate::kernel::arch;
use crate::syscalls::table::{LET_THROUGH, REFUSED};

/// The exit status with which a launcher that could not execute the program ends.
pub const LAUNCH_FAILED: u32 = 0x7e78_706c;

/// Calls of which some operations, told by one of their arguments, are let through: those that look at the process's own descriptors, or at
/// what nobody changes but by operations that are held. All others are held.
const OPERATIONS: [(i64, u32, &[u32]); 2] = [
    (
        libc::SYS_fcntl,
        1,
        &[
            libc::F_DUPFD as u32,
            libc::F_DUPFD_CLOEXEC as u32,
            libc::F_GETFD as u32,
            libc::F_SETFD as u32,
            libc::F_GET_SEALS as u32,
        ],
    ),
    (
        libc::SYS_ioctl,
        1,
        &[
            libc::FIOCLEX as u32,
            libc::FIONCLEX as u32,
            libc::TCGETS as u32,
            TCGETS2 as u32,
            libc::TIOCGWINSZ as u32,
            libc::TIOCGPTN as u32,
            libc::TIOCGSID as u32,
            libc::TIOCGETD as u32,
            libc::TIOCGEXCL as u32,
        ],
    ),
];

/// An operation of ioctl(2) on terminals that libc does not name everywhere (asm-generic/ioctls.h).
const TCGETS2: u64 = 0x802c_542a;

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

/// As if the kernel did not have the call.
const REFUSAL: u32 = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;

/// How every filter begins: calls of the processor's other modes are refused, and so it is to set limits of process 1; then the number of the call is
/// loaded.
///
/// Process 1 is the recorder, or holds the world together. Whoever is of the same user may give it less time or memory than it has used already, and
/// the kernel would end it (prlimit(2) asks for no other right).
fn only_native_calls() -> Vec<sock_filter> {
    vec![
        load(ARCHITECTURE),
        jump(libc::BPF_JEQ | libc::BPF_K, arch::AUDIT_ARCH, 1, 0),
        answer(REFUSAL),
        load(SYSCALL_NUMBER),
        // The calls of the x32 ABI have other numbers; no processor has calls with these.
        jump(libc::BPF_JGE | libc::BPF_K, 0x4000_0000, 0, 1),
        answer(REFUSAL),
        jump(libc::BPF_JEQ | libc::BPF_K, libc::SYS_prlimit64 as u32, 0, 4),
        load(argument(0)),
        jump(libc::BPF_JEQ | libc::BPF_K, 1, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        load(SYSCALL_NUMBER),
    ]
}

/// The filter. The `execve` whose path stands at the address `own_path` is let through: it is the one that starts the
/// program, made before there is anyone to answer for it.
///
/// Between the filter and that `execve` the launcher has its standard streams to put in place: those of its calls carry a
/// `secret` in an argument that they do not have.
pub fn program(own_path: u64, secret: u64) -> Vec<sock_filter> {
    const EQ: u32 = libc::BPF_JEQ | libc::BPF_K;
    const ANY_BIT: u32 = libc::BPF_JSET | libc::BPF_K;

    let mut filter = only_native_calls();
    filter.extend([
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
        jump(EQ, libc::SYS_unshare as u32, 1, 0),
        jump(EQ, libc::SYS_dup3 as u32, 0, 6),
        load(argument(5)),
        jump(EQ, secret as u32, 0, 3),
        load(argument(5) + 4),
        jump(EQ, (secret >> 32) as u32, 0, 1),
        answer(libc::SECCOMP_RET_ALLOW),
        load(SYSCALL_NUMBER),
        // Only the launcher ends with a status that no parent could ever see; nobody is there to answer it.
        jump(EQ, libc::SYS_exit_group as u32, 0, 4),
        load(argument(0)),
        jump(EQ, LAUNCH_FAILED, 1, 0),
        answer(libc::SECCOMP_RET_USER_NOTIF),
        answer(libc::SECCOMP_RET_ALLOW),
        // Memory that other processes will see.
        jump(EQ, libc::SYS_mmap as u32, 0, 5),
        load(argument(3)),
        jump(ANY_BIT, libc::MAP_SHARED as u32, 1, 0),
        // And files, whose content is seen in what is mapped of them; but for the libraries that the loader maps.
        jump(ANY_BIT, (libc::MAP_ANONYMOUS | libc::MAP_DENYWRITE) as u32, 1, 0),
        answer(libc::SECCOMP_RET_USER_NOTIF),
        answer(libc::SECCOMP_RET_ALLOW),
        // Who asks what it does with a signal, of which there are 64, and sets nothing, learns what its own process has set.
        jump(EQ, libc::SYS_rt_sigaction as u32, 0, 6),
        load(argument(1)),
        jump(EQ, 0, 0, 3),
        load(argument(1) + 4),
        jump(EQ, 0, 0, 1),
        answer(libc::SECCOMP_RET_ALLOW),
        answer(libc::SECCOMP_RET_USER_NOTIF),
    ]);
    for (call, which, operations) in OPERATIONS {
        filter.push(jump(EQ, call as u32, 0, 3 + operations.len() as u8));
        filter.push(load(argument(which)));
        for (at, &operation) in operations.iter().enumerate() {
            filter.push(jump(EQ, operation, (operations.len() - at) as u8, 0));
        }
        filter.push(answer(libc::SECCOMP_RET_USER_NOTIF));
        filter.push(answer(libc::SECCOMP_RET_ALLOW));
    }
    let let_through = LET_THROUGH.iter().map(|&nr| (nr, libc::SECCOMP_RET_ALLOW));
    filter.extend(search(let_through.chain(refusals()).collect(), libc::SECCOMP_RET_USER_NOTIF));
    filter
}

/// What is answered as if the kernel did not have it.
fn refusals() -> impl Iterator<Item = (i64, u32)> {
    REFUSED.iter().map(|row| (row.nr, REFUSAL))
}

/// A filter for runs that are not explored: it refuses what [`program`] refuses, so that a run in real time goes no other way for want of that, and
/// allows all else. Nor is there a listener to be had, as that of an exploration is the only one that there can be.
pub fn of_real_time() -> Vec<sock_filter> {
    const EQ: u32 = libc::BPF_JEQ | libc::BPF_K;
    let mut filter = only_native_calls();
    filter.extend([
        jump(EQ, libc::SYS_seccomp as u32, 0, 6),
        load(argument(0)),
        jump(EQ, libc::SECCOMP_SET_MODE_FILTER, 0, 3),
        load(argument(1)),
        jump(libc::BPF_JSET | libc::BPF_K, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER as u32, 0, 1),
        answer(libc::SECCOMP_RET_ERRNO | libc::EBUSY as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ]);
    filter.extend(search(refusals().collect(), libc::SECCOMP_RET_ALLOW));
    filter
}

/// Answers the calls of these numbers so, and all others as `others` says. The numbers are searched by halves, since the kernel tries out
/// what a filter makes of every number there is, each time that it is installed: once in a run.
fn search(mut rows: Vec<(i64, u32)>, others: u32) -> Vec<sock_filter> {
    // Calls that this processor does not have stand there with numbers below zero.
    rows.retain(|row| row.0 >= 0);
    rows.sort_unstable();
    let mut ranges = vec![(0, others)];
    for (nr, action) in rows {
        let nr = nr as u32;
        // This one begins where the one before ends.
        ranges.pop_if(|range| range.0 == nr);
        ranges.extend([(nr, action), (nr + 1, others)]);
    }
    ranges.dedup_by_key(|range| range.1);
    halves(&ranges)
}

/// Answers a number as the last of these ranges says that begins with it or before.
fn halves(ranges: &[(u32, u32)]) -> Vec<sock_filter> {
    if let [(_, action)] = ranges {
        return vec![answer(*action)];
    }
    const FROM: u32 = libc::BPF_JGE | libc::BPF_K;
    let (below, above) = ranges.split_at(ranges.len() / 2);
    let (from, below) = (above[0].0, halves(below));
    let mut steps = match u8::try_from(below.len()) {
        Ok(length) => vec![jump(FROM, from, length, 0)],
        // That is further than a conditional jump reaches.
        Err(_) => vec![jump(FROM, from, 0, 1), statement(libc::BPF_JMP | libc::BPF_JA, below.len() as u32)],
    };
    steps.extend(below);
    steps.extend(halves(above));
    steps
}

/// The filter as seccomp(2) takes it; it points into `filter`.
pub fn as_fprog(filter: &mut [sock_filter]) -> sock_fprog {
    sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What these steps answer to a number that was loaded.
    fn answer_to(number: u32, steps: &[sock_filter]) -> u32 {
        let mut at = 0;
        loop {
            let step = steps[at];
            let is_so = match u32::from(step.code) & !libc::BPF_JMP {
                _ if u32::from(step.code) == libc::BPF_RET | libc::BPF_K => return step.k,
                libc::BPF_JA => {
                    at += 1 + step.k as usize;
                    continue;
                }
                libc::BPF_JEQ => number == step.k,
                libc::BPF_JGE => number >= step.k,
                other => panic!("no such step: {other:#x}"),
            };
            at += 1 + usize::from(if is_so { step.jt } else { step.jf });
        }
    }

    #[test]
    fn every_number_is_found_and_no_other() {
        for count in [0, 1, 2, 3, 7, 300] {
            // Alone, beside another one, and beside one with the same answer.
            let rows: Vec<(i64, u32)> = (0..count).map(|row| (row + row / 3, 1000 + row as u32 / 2)).collect();
            let steps = search(rows.clone(), libc::SECCOMP_RET_ALLOW);
            for number in 0..2 * count + 3 {
                let row = rows.iter().find(|row| row.0 == number);
                let expected = row.map_or(libc::SECCOMP_RET_ALLOW, |row| row.1);
                assert_eq!(answer_to(number as u32, &steps), expected, "{number} of {count}");
            }
        }
    }
}
