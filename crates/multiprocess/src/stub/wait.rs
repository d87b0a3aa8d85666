//! See `wait.rs`.

use std::io;
use std::time::Duration;

use super::connection::Connection;
use super::fd::*;
use super::process::Process;
use super::unsupported;

pub trait Waitable {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>>;
    fn is_ready(&self) -> io::Result<bool> {
        Err(unsupported())
    }
}

impl Waitable for Process {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        match self.0 {}
    }
}

impl<S, R> Waitable for Connection<S, R> {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        match self.0 {}
    }
}

pub fn wait(on: &[&dyn Waitable], limit: Option<Duration>) -> io::Result<Vec<usize>> {
    Err(unsupported())
}
