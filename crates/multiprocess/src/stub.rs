//! What this library is on a system where it does not work: the same names and signatures, so that it may be a dependency
//! everywhere, and whoever asks for a process, a pool, … is told that there is none ([`io::ErrorKind::Unsupported`]). What
//! can never be made has no values.
//!
//! The documentation is that of the real ones, which stand beside this folder by the same names, with what is shared
//! (errors, mostly). `stub/tests.rs` compares the two.

#![allow(missing_docs, unused_variables, dead_code, reason = "see above; of the real ones")]
#![allow(
    clippy::missing_safety_doc,
    clippy::new_without_default,
    clippy::len_without_is_empty,
    reason = "of the real ones"
)]

use std::io;

pub mod connection;
pub mod pool;
pub mod process;
pub mod queue;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wait;

#[cfg(all(test, not(stub)))]
mod tests;

/// A value that there is none of.
#[derive(Debug, Clone, Copy)]
enum Never {}

fn unsupported() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        concat!(
            "multiprocess needs Linux 5.3 or later (WSL2 is one) with glibc 2.32 or later, on a 64-bit processor, and this \
             program was built for ",
            env!("MULTIPROCESS_TARGET")
        ),
    )
}

/// Descriptors, or what the system has in their place.
mod fd {
    #[cfg(any(unix, target_os = "wasi"))]
    pub use std::os::fd::*;
    #[cfg(windows)]
    pub use std::os::windows::io::{BorrowedHandle as BorrowedFd, OwnedHandle as OwnedFd};

    #[cfg(not(any(unix, windows, target_os = "wasi")))]
    pub enum OwnedFd {}
    #[cfg(not(any(unix, windows, target_os = "wasi")))]
    pub struct BorrowedFd<'a>(super::Never, std::marker::PhantomData<&'a OwnedFd>);
}
