//! `cargo xtask`: runs the course's programs and checks them against the notes.

#[cfg(not(target_os = "linux"))]
compile_error!("this course needs Linux (WSL2 will do): it is about fork, and reads what the Linux kernel attests");

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!(
    "xtask works on x86-64 and on 64-bit ARM only: see crates/interleave/src/kernel/arch.rs for what another processor needs"
);

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn main() -> std::process::ExitCode {
    let root = xtask::root();
    let done = xtask::elsewhere::run(&root).or_else(|| xtask::conformance::run(&root));
    done.unwrap_or_else(|| interleave_cli::main(&xtask::front()))
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn main() {}
