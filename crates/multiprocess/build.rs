//! Finds out whether the library works on the system that it is built for. Where it does not, `stub` is set, and it is built
//! from `src/stub.rs`. (`--target x86_64-unknown-linux-musl` has that built, and run, on Linux.)

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(stub)");
    let target = |what: &str| env::var(format!("CARGO_CFG_{what}")).unwrap_or_default();
    let works = target("TARGET_OS") == "linux"
        && target("TARGET_ENV") == "gnu"
        // A pool's tasks and a queue's cursors are single atomic words of 64 bits, and locks know how glibc lays out a
        // mutex there.
        && target("TARGET_POINTER_WIDTH") == "64";
    if !works {
        println!("cargo::rustc-cfg=stub");
    }
    println!("cargo::rustc-env=MULTIPROCESS_TARGET={}", env::var("TARGET").unwrap_or_default());
}
