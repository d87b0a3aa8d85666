//! What differs between processors: x86-64, and 64-bit ARM, whose Linux never had the calls that newer ones replace.

/// The kernel's name for the processor, as a filter is shown it (linux/audit.h).
pub const AUDIT_ARCH: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };

#[cfg(target_arch = "x86_64")]
pub use libc::{
    SYS_access, SYS_alarm, SYS_arch_prctl, SYS_chmod, SYS_chown, SYS_creat, SYS_dup2, SYS_epoll_create, SYS_epoll_wait,
    SYS_eventfd, SYS_fork, SYS_futimesat, SYS_getdents, SYS_getpgrp, SYS_inotify_init, SYS_lchown, SYS_link, SYS_lstat,
    SYS_mkdir, SYS_mknod, SYS_open, SYS_pause, SYS_pipe, SYS_poll, SYS_readlink, SYS_rename, SYS_renameat, SYS_rmdir,
    SYS_select, SYS_signalfd, SYS_stat, SYS_symlink, SYS_time, SYS_unlink, SYS_utime, SYS_utimes, SYS_vfork,
};

/// Which argument of clone(2) says where the new task finds its number: that order differs.
pub const CHILD_NUMBER: usize = if cfg!(target_arch = "x86_64") { 3 } else { 4 };

/// Numbers that no system call has.
#[cfg(target_arch = "aarch64")]
#[allow(non_upper_case_globals, reason = "as libc names those that there are")]
mod absent {
    pub const SYS_access: i64 = -1;
    pub const SYS_alarm: i64 = -2;
    pub const SYS_creat: i64 = -3;
    pub const SYS_dup2: i64 = -4;
    pub const SYS_epoll_wait: i64 = -5;
    pub const SYS_eventfd: i64 = -40;
    pub const SYS_chmod: i64 = -41;
    pub const SYS_chown: i64 = -42;
    pub const SYS_lchown: i64 = -43;
    pub const SYS_utime: i64 = -44;
    pub const SYS_utimes: i64 = -45;
    pub const SYS_fork: i64 = -6;
    pub const SYS_getdents: i64 = -7;
    pub const SYS_getpgrp: i64 = -8;
    pub const SYS_inotify_init: i64 = -9;
    pub const SYS_link: i64 = -10;
    pub const SYS_lstat: i64 = -11;
    pub const SYS_mkdir: i64 = -12;
    pub const SYS_mknod: i64 = -13;
    pub const SYS_open: i64 = -14;
    pub const SYS_pause: i64 = -15;
    pub const SYS_pipe: i64 = -16;
    pub const SYS_poll: i64 = -17;
    pub const SYS_readlink: i64 = -18;
    pub const SYS_rename: i64 = -19;
    pub const SYS_renameat: i64 = -20;
    pub const SYS_rmdir: i64 = -21;
    pub const SYS_select: i64 = -22;
    pub const SYS_stat: i64 = -23;
    pub const SYS_symlink: i64 = -24;
    pub const SYS_time: i64 = -25;
    pub const SYS_unlink: i64 = -26;
    pub const SYS_vfork: i64 = -27;
    pub const SYS_arch_prctl: i64 = -28;
    pub const SYS_epoll_create: i64 = -29;
    pub const SYS_futimesat: i64 = -30;
    pub const SYS_signalfd: i64 = -31;
}
#[cfg(target_arch = "aarch64")]
pub use absent::*;

/// Below the stack a function may use so many bytes (System V ABI for x86-64, 3.2.2).
pub const RED_ZONE: u64 = 128;

/// An instruction that makes a system call.
pub const CALL: &[u8] = if cfg!(target_arch = "x86_64") { &[0x0f, 0x05] } else { &[0x01, 0x00, 0x00, 0xd4] };

/// An instruction that jumps to itself.
pub const SPIN: &[u8] = if cfg!(target_arch = "x86_64") { &[0xeb, 0xfe] } else { &[0x00, 0x00, 0x00, 0x14] };

/// Code that makes a system call which is held, keeps what the register for results held before it below the stack, and goes
/// on at `back`; and a jump to it from there. `None` if that is too far, or not known for this processor.
#[cfg(target_arch = "x86_64")]
pub fn detour(at: u64, back: u64) -> Option<(Vec<u8>, Vec<u8>)> {
    let jump = |from: u64, to: u64| -> Option<Vec<u8>> {
        let distance = i32::try_from((to as i64).checked_sub(from as i64 + 5)?).ok()?;
        Some([&[0xe9][..], &distance.to_le_bytes()].concat())
    };
    // mov [rsp - KEPT_BELOW], rax; mov eax, nr; syscall
    let mut code = [&[0x48, 0x89, 0x84, 0x24][..], &(-(KEPT_BELOW as i32)).to_le_bytes()].concat();
    code.push(0xb8);
    code.extend((libc::SYS_sched_yield as i32).to_le_bytes());
    code.extend([0x0f, 0x05]);
    code.extend(jump(at + code.len() as u64, back)?);
    Some((code, jump(back, at)?))
}

/// As there is none for this processor, who is to wait behind fork(2) jumps in place ([`SPIN`]).
#[cfg(target_arch = "aarch64")]
pub fn detour(_at: u64, _back: u64) -> Option<(Vec<u8>, Vec<u8>)> {
    None
}

/// Where in the code of [`detour`] the system call ends.
pub const DETOUR_CALL: u64 = 15;

/// How far below the stack [`detour`] keeps a result: beyond the 128 bytes that a function may use there (System V ABI, "red
/// zone").
pub const KEPT_BELOW: u64 = 256;

/// The functions of the vDSO (vdso(7)), and what each is to do instead.
#[cfg(target_arch = "x86_64")]
pub const VDSO: [(&[u8], Instead); 4] = [
    (b"__vdso_clock_gettime", Instead::Call(libc::SYS_clock_gettime)),
    (b"__vdso_gettimeofday", Instead::Call(libc::SYS_gettimeofday)),
    (b"__vdso_time", Instead::Call(SYS_time)),
    (b"__vdso_getrandom", Instead::Fail(libc::ENOSYS)),
];
#[cfg(target_arch = "aarch64")]
pub const VDSO: [(&[u8], Instead); 3] = [
    (b"__kernel_clock_gettime", Instead::Call(libc::SYS_clock_gettime)),
    (b"__kernel_gettimeofday", Instead::Call(libc::SYS_gettimeofday)),
    (b"__kernel_getrandom", Instead::Fail(libc::ENOSYS)),
];

/// What a function does instead.
#[derive(Clone, Copy)]
pub enum Instead {
    /// It makes the system call that it saves. Both take their arguments in the same registers.
    Call(i64),
    /// It returns this error, whereupon its caller makes the system call. (It is also asked how much memory it needs,
    /// which no system call would tell.)
    Fail(i32),
}

impl Instead {
    /// The machine code.
    #[cfg(target_arch = "x86_64")]
    pub fn code(self) -> Vec<u8> {
        // mov eax, n
        let load = |n: i32| [&[0xb8][..], &n.to_le_bytes()].concat();
        match self {
            // syscall; ret
            Instead::Call(nr) => [&load(nr as i32)[..], &[0x0f, 0x05, 0xc3]].concat(),
            // cdqe; ret
            Instead::Fail(errno) => [&load(-errno)[..], &[0x48, 0x98, 0xc3]].concat(),
        }
    }

    /// The machine code.
    #[cfg(target_arch = "aarch64")]
    pub fn code(self) -> Vec<u8> {
        // Whoever comes by a register must find this first, where the processor looks after that.
        const BTI_C: u32 = 0xd503_245f;
        const RET: u32 = 0xd65f_03c0;
        let code = match self {
            // mov w8, nr; svc 0
            Instead::Call(nr) => vec![BTI_C, 0x5280_0008 | (nr as u32) << 5, 0xd400_0001, RET],
            // mov x0, ~(errno - 1)
            Instead::Fail(errno) => vec![BTI_C, 0x9280_0000 | (errno as u32 - 1) << 5, RET],
        };
        code.into_iter().flat_map(u32::to_le_bytes).collect()
    }
}

/// Whether loads and stores can be taken one by one. Where a store after a load fails if the thread has stopped in between
/// (exclusive access on ARM), an atomic operation would never end.
pub const HAS_STEPS: bool = cfg!(target_arch = "x86_64");

/// Registers with which a thread makes this system call, next, by the instruction at `at`.
#[cfg(target_arch = "x86_64")]
pub fn about_to_call(registers: &super::stopped::All, at: u64, nr: i64, args: [u64; 6]) -> super::stopped::All {
    let [rdi, rsi, rdx, r10, r8, r9] = args;
    // The kernel is not to think that a call was interrupted that is to be made again: `orig_rax`.
    super::stopped::All { rip: at, rax: nr as u64, orig_rax: u64::MAX, rdi, rsi, rdx, r10, r8, r9, ..*registers }
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn about_to_call(registers: &super::stopped::All, at: u64, nr: i64, args: [u64; 6]) -> super::stopped::All {
    let mut all = *registers;
    all.pc = at;
    all.regs[..6].copy_from_slice(&args);
    all.regs[8] = nr as u64;
    all
}

/// What a system call has returned, and where the next instruction is.
#[cfg(target_arch = "x86_64")]
pub fn result(registers: &super::stopped::All) -> (i64, u64) {
    (registers.rax as i64, registers.rip)
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn result(registers: &super::stopped::All) -> (i64, u64) {
    (registers.regs[0] as i64, registers.pc)
}

/// The same registers, behind a system call that has returned this.
#[cfg(target_arch = "x86_64")]
pub fn returned(registers: &super::stopped::All, result: i64, at: u64) -> super::stopped::All {
    super::stopped::All { rip: at, rax: result as u64, orig_rax: u64::MAX, ..*registers }
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn returned(registers: &super::stopped::All, result: i64, at: u64) -> super::stopped::All {
    let mut all = *registers;
    all.pc = at;
    all.regs[0] = result as u64;
    all
}

/// The registers in which the arguments of a system call are, whatever they are now.
#[cfg(target_arch = "x86_64")]
pub fn arguments(registers: &super::stopped::All) -> [u64; 6] {
    [registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9]
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn arguments(registers: &super::stopped::All) -> [u64; 6] {
    let [a, b, c, d, e, f, ..] = registers.regs;
    [a, b, c, d, e, f]
}

/// Whether a thread that has stopped is in its own code, and not in a system call.
#[cfg(target_arch = "x86_64")]
pub fn is_outside_calls(registers: &super::stopped::All) -> bool {
    registers.orig_rax as i64 == -1
}

/// The same; not known there.
#[cfg(target_arch = "aarch64")]
pub fn is_outside_calls(_registers: &super::stopped::All) -> bool {
    false
}

/// Where the stack ends.
#[cfg(target_arch = "x86_64")]
pub fn stack(registers: &super::stopped::All) -> u64 {
    registers.rsp
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn stack(registers: &super::stopped::All) -> u64 {
    registers.sp
}

/// What is in the registers that a program computes with.
#[cfg(target_arch = "x86_64")]
pub fn contents(registers: &super::stopped::All) -> Vec<u64> {
    /// Set by whoever stops a thread, and not by the program: the trap and the resume flag.
    const OURS: u64 = 1 << 8 | 1 << 16;
    let r = registers;
    let low = [r.rax, r.rbx, r.rcx, r.rdx, r.rsi, r.rdi, r.rbp, r.rsp];
    let high = [r.r8, r.r9, r.r10, r.r11, r.r12, r.r13, r.r14, r.r15];
    [low.as_slice(), &high, &[r.rip, r.eflags & !OURS, r.fs_base, r.gs_base]].concat()
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn contents(registers: &super::stopped::All) -> Vec<u64> {
    [registers.regs.as_slice(), &[registers.sp, registers.pc, registers.pstate]].concat()
}

/// The same registers, with which no system call is made again when the thread goes on.
#[cfg(target_arch = "x86_64")]
pub fn outside_calls(registers: &super::stopped::All) -> super::stopped::All {
    super::stopped::All { orig_rax: u64::MAX, ..*registers }
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub fn outside_calls(registers: &super::stopped::All) -> super::stopped::All {
    *registers
}
