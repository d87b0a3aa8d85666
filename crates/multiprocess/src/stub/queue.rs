//! See `queue.rs`.

#[path = "../queue/error.rs"]
mod error;

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{GetError, NotAllPut, NotPut, NotTaken, PutError};

use super::fd::*;
use super::wait::Waitable;
use super::{Never, unsupported};

pub struct Queue<T>(Never, PhantomData<fn(T) -> T>);

impl<T: Serialize + DeserializeOwned> Queue<T> {
    pub fn new() -> io::Result<Queue<T>> {
        Err(unsupported())
    }
    pub fn bounded(bytes: usize) -> io::Result<Queue<T>> {
        Err(unsupported())
    }
    pub unsafe fn decode_in_place(self) -> Queue<T> {
        match self.0 {}
    }
    pub fn put(&self, value: impl Borrow<T>) -> Result<(), PutError> {
        match self.0 {}
    }
    pub fn try_put<V: Borrow<T>>(&self, value: V) -> Result<(), NotPut<V>> {
        match self.0 {}
    }
    pub fn put_timeout<V: Borrow<T>>(&self, value: V, limit: Duration) -> Result<(), NotPut<V>> {
        match self.0 {}
    }
    pub fn get(&self) -> Result<T, GetError> {
        match self.0 {}
    }
    pub fn try_get(&self) -> Result<Option<T>, GetError> {
        match self.0 {}
    }
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>, GetError> {
        match self.0 {}
    }
    pub fn put_many(&self, values: &[T]) -> Result<(), NotAllPut> {
        match self.0 {}
    }
    pub fn get_many(&self, most: usize) -> Result<Vec<T>, GetError> {
        match self.0 {}
    }
}

impl<T> Queue<T> {
    pub fn split(self) -> io::Result<(Sender<T>, Receiver<T>)> {
        match self.0 {}
    }
    pub fn close(&self) -> io::Result<()> {
        match self.0 {}
    }
    pub fn is_closed(&self) -> bool {
        match self.0 {}
    }
    pub fn len(&self) -> usize {
        match self.0 {}
    }
    pub fn is_empty(&self) -> bool {
        match self.0 {}
    }
    pub fn capacity(&self) -> usize {
        match self.0 {}
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

pub struct Sender<T>(Never, PhantomData<fn(T) -> T>);

impl<T: Serialize + DeserializeOwned> Sender<T> {
    pub fn put(&self, value: impl Borrow<T>) -> Result<(), PutError> {
        match self.0 {}
    }
    pub fn try_put<V: Borrow<T>>(&self, value: V) -> Result<(), NotPut<V>> {
        match self.0 {}
    }
    pub fn put_timeout<V: Borrow<T>>(&self, value: V, limit: Duration) -> Result<(), NotPut<V>> {
        match self.0 {}
    }
    pub fn put_many(&self, values: &[T]) -> Result<(), NotAllPut> {
        match self.0 {}
    }
}

impl<T> Sender<T> {
    pub fn try_clone(&self) -> io::Result<Sender<T>> {
        match self.0 {}
    }
    pub fn close(&self) -> io::Result<()> {
        match self.0 {}
    }
    pub fn len(&self) -> usize {
        match self.0 {}
    }
    pub fn is_empty(&self) -> bool {
        match self.0 {}
    }
    pub fn capacity(&self) -> usize {
        match self.0 {}
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

pub struct Receiver<T>(Never, PhantomData<fn(T) -> T>);

impl<T: Serialize + DeserializeOwned> Receiver<T> {
    pub fn get(&self) -> Result<T, GetError> {
        match self.0 {}
    }
    pub fn try_get(&self) -> Result<Option<T>, GetError> {
        match self.0 {}
    }
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>, GetError> {
        match self.0 {}
    }
    pub fn get_many(&self, most: usize) -> Result<Vec<T>, GetError> {
        match self.0 {}
    }
    pub fn iter(&self) -> impl Iterator<Item = Result<T, GetError>> {
        std::iter::empty()
    }
}

impl<T> Receiver<T> {
    pub fn try_clone(&self) -> io::Result<Receiver<T>> {
        match self.0 {}
    }
    pub fn close(&self) -> io::Result<()> {
        match self.0 {}
    }
    pub fn len(&self) -> usize {
        match self.0 {}
    }
    pub fn is_empty(&self) -> bool {
        match self.0 {}
    }
    pub fn capacity(&self) -> usize {
        match self.0 {}
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

pub struct JoinableQueue<T>(Never, PhantomData<fn(T) -> T>);

impl<T: Serialize + DeserializeOwned> JoinableQueue<T> {
    pub fn new() -> io::Result<JoinableQueue<T>> {
        Err(unsupported())
    }
    pub fn bounded(bytes: usize) -> io::Result<JoinableQueue<T>> {
        Err(unsupported())
    }
}

impl<T> JoinableQueue<T> {
    pub fn task_done(&self) -> Result<(), NotTaken> {
        match self.0 {}
    }
    pub fn unfinished(&self) -> usize {
        match self.0 {}
    }
    pub fn join(&self) -> io::Result<()> {
        match self.0 {}
    }
    pub fn join_timeout(&self, limit: Duration) -> io::Result<bool> {
        match self.0 {}
    }
}

impl<T> Deref for JoinableQueue<T> {
    type Target = Queue<T>;
    fn deref(&self) -> &Queue<T> {
        match self.0 {}
    }
}

impl<T> fmt::Debug for JoinableQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

pub struct PollableQueue<T>(Never, PhantomData<fn(T) -> T>);

impl<T: Serialize + DeserializeOwned> PollableQueue<T> {
    pub fn new() -> io::Result<PollableQueue<T>> {
        Err(unsupported())
    }
    pub fn bounded(bytes: usize) -> io::Result<PollableQueue<T>> {
        Err(unsupported())
    }
}

impl<T> Deref for PollableQueue<T> {
    type Target = Queue<T>;
    fn deref(&self) -> &Queue<T> {
        match self.0 {}
    }
}

#[cfg(unix)]
impl<T> AsFd for PollableQueue<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self.0 {}
    }
}

#[cfg(unix)]
impl<T> AsRawFd for PollableQueue<T> {
    fn as_raw_fd(&self) -> RawFd {
        match self.0 {}
    }
}

impl<T> Waitable for PollableQueue<T> {
    fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        match self.0 {}
    }
    fn is_ready(&self) -> io::Result<bool> {
        match self.0 {}
    }
}

impl<T> fmt::Debug for PollableQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
