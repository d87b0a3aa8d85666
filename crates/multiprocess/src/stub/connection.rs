//! See `connection.rs`.

#[path = "../connection/error.rs"]
mod error;

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{RecvError, SendError};

#[cfg(unix)]
use super::fd::*;
use super::{Never, unsupported};

pub struct Connection<S, R = S>(pub(super) Never, PhantomData<fn(S) -> R>);

pub fn pipe<S, R>() -> io::Result<(Connection<S, R>, Connection<R, S>)> {
    Err(unsupported())
}

impl<S, R> Connection<S, R> {
    pub fn poll(&self, limit: Duration) -> io::Result<bool> {
        match self.0 {}
    }
    pub fn close(self) {
        match self.0 {}
    }
}

impl<S: Serialize, R> Connection<S, R> {
    pub fn send(&mut self, value: impl Borrow<S>) -> Result<(), SendError> {
        match self.0 {}
    }
}

impl<S, R: DeserializeOwned> Connection<S, R> {
    pub fn recv(&mut self) -> Result<R, RecvError> {
        match self.0 {}
    }
    pub fn try_recv(&mut self) -> Result<Option<R>, RecvError> {
        match self.0 {}
    }
    pub fn recv_timeout(&mut self, limit: Duration) -> Result<Option<R>, RecvError> {
        match self.0 {}
    }
    pub fn iter(&mut self) -> impl Iterator<Item = Result<R, RecvError>> {
        std::iter::empty()
    }
}

#[cfg(unix)]
impl<S, R> AsFd for Connection<S, R> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self.0 {}
    }
}

#[cfg(unix)]
impl<S, R> AsRawFd for Connection<S, R> {
    fn as_raw_fd(&self) -> RawFd {
        match self.0 {}
    }
}

impl<S, R> fmt::Debug for Connection<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
