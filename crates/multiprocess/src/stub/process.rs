//! See `process.rs`.

use std::io;
use std::process::{ExitStatus, Output};
use std::time::Duration;

use super::fd::*;
use super::{Never, unsupported};

#[derive(Debug)]
pub struct Process(pub(super) Never);

#[derive(Debug, Clone, Default)]
pub struct ProcessBuilder;

impl Process {
    pub fn spawn<F: FnOnce()>(f: F) -> io::Result<Process> {
        Err(unsupported())
    }
    pub fn id(&self) -> u32 {
        match self.0 {}
    }
    pub fn name(&self) -> Option<&str> {
        match self.0 {}
    }
    pub fn join(&mut self) -> io::Result<ExitStatus> {
        match self.0 {}
    }
    pub fn join_timeout(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        match self.0 {}
    }
    pub fn exitcode(&mut self) -> io::Result<Option<i32>> {
        match self.0 {}
    }
    pub fn is_alive(&mut self) -> io::Result<bool> {
        match self.0 {}
    }
    pub fn terminate(&mut self) -> io::Result<()> {
        match self.0 {}
    }
    pub fn kill(&mut self) -> io::Result<()> {
        match self.0 {}
    }
}

#[cfg(unix)]
impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self.0 {}
    }
}

#[cfg(unix)]
impl AsRawFd for Process {
    fn as_raw_fd(&self) -> RawFd {
        match self.0 {}
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    AddressSpace,
    CoreDump,
    CpuSeconds,
    FileSize,
    OpenFiles,
    Processes,
    Stack,
}

impl ProcessBuilder {
    pub fn new() -> ProcessBuilder {
        ProcessBuilder
    }
    pub fn name(self, name: impl Into<String>) -> ProcessBuilder {
        self
    }
    pub fn kill_on_drop(self, yes: bool) -> ProcessBuilder {
        self
    }
    #[doc(alias = "daemon")]
    pub fn kill_with_parent(self, yes: bool) -> ProcessBuilder {
        self
    }
    pub unsafe fn allow_shared_mappings(self) -> ProcessBuilder {
        self
    }
    pub fn stdin(self, from: impl Into<OwnedFd>) -> ProcessBuilder {
        self
    }
    pub fn stdin_null(self) -> io::Result<ProcessBuilder> {
        Err(unsupported())
    }
    pub fn stdout(self, to: impl Into<OwnedFd>) -> ProcessBuilder {
        self
    }
    pub fn stderr(self, to: impl Into<OwnedFd>) -> ProcessBuilder {
        self
    }
    pub fn limit(self, resource: Resource, most: u64) -> ProcessBuilder {
        self
    }
    pub fn niceness(self, niceness: i32) -> ProcessBuilder {
        self
    }
    pub fn affinity(self, processors: impl IntoIterator<Item = usize>) -> ProcessBuilder {
        self
    }
    pub fn spawn<F: FnOnce()>(self, f: F) -> io::Result<Process> {
        Err(unsupported())
    }
    pub fn output<F: FnOnce()>(self, f: F) -> io::Result<Output> {
        Err(unsupported())
    }
}
