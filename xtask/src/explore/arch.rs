//! What differs between processors: x86-64, and 64-bit ARM, whose Linux never had the calls that newer ones replace.

/// The kernel's name for the processor, as a filter is shown it (linux/audit.h).
pub const AUDIT_ARCH: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };

#[cfg(target_arch = "x86_64")]
pub use libc::{SYS_epoll_wait, SYS_fork, SYS_open, SYS_pause, SYS_poll, SYS_select, SYS_time, SYS_vfork};

/// Numbers that no system call has.
#[cfg(target_arch = "aarch64")]
#[allow(non_upper_case_globals, reason = "as libc names those that there are")]
mod absent {
    pub const SYS_epoll_wait: i64 = -1;
    pub const SYS_fork: i64 = -2;
    pub const SYS_open: i64 = -3;
    pub const SYS_pause: i64 = -4;
    pub const SYS_poll: i64 = -5;
    pub const SYS_select: i64 = -6;
    pub const SYS_time: i64 = -7;
    pub const SYS_vfork: i64 = -8;
}
#[cfg(target_arch = "aarch64")]
pub use absent::*;

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
