//! See `sync.rs`.

#[path = "../sync/error.rs"]
mod error;
#[path = "../sync/plain.rs"]
mod plain;

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

pub use error::{BarrierError, LockError};
pub use plain::PlainData;

use super::{Never, unsupported};

pub struct Array<T>(Never, PhantomData<fn(T) -> T>);

#[derive(Debug)]
pub struct Barrier(Never);

#[derive(Debug)]
pub struct Condition(Never);

#[derive(Debug)]
pub struct Event(Never);

#[derive(Debug)]
pub struct Lock(Never);

#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct LockGuard<'a>(Never, PhantomData<(&'a (), *const ())>);

#[derive(Debug)]
pub struct RLock(Never);

#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct RLockGuard<'a>(Never, PhantomData<(&'a (), *const ())>);

#[derive(Debug)]
pub struct Semaphore(Never);

#[derive(Debug)]
#[must_use = "the permit is released when this is dropped"]
pub struct Permit<'a>(Never, PhantomData<(&'a (), *const ())>);

pub struct Value<T>(Never, PhantomData<fn(T) -> T>);

impl<T: PlainData> Array<T> {
    pub fn new(len: usize, value: T) -> io::Result<Array<T>> {
        Err(unsupported())
    }
    pub fn len(&self) -> usize {
        match self.0 {}
    }
    pub fn is_empty(&self) -> bool {
        match self.0 {}
    }
    pub fn get(&self, index: usize) -> Result<T, LockError> {
        match self.0 {}
    }
    pub fn set(&self, index: usize, value: T) -> Result<(), LockError> {
        match self.0 {}
    }
    pub fn to_vec(&self) -> Result<Vec<T>, LockError> {
        match self.0 {}
    }
    pub fn update<R>(&self, change: impl FnOnce(&mut [T]) -> R) -> Result<R, LockError> {
        match self.0 {}
    }
    pub fn recover(&self) -> Result<Vec<T>, LockError> {
        match self.0 {}
    }
}

impl<T> fmt::Debug for Array<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl Barrier {
    pub fn new(parties: u32) -> io::Result<Barrier> {
        Err(unsupported())
    }
    pub fn wait(&self) -> Result<bool, BarrierError> {
        match self.0 {}
    }
    pub fn wait_timeout(&self, limit: Duration) -> Result<bool, BarrierError> {
        match self.0 {}
    }
    pub fn abort(&self) {
        match self.0 {}
    }
    pub fn is_broken(&self) -> bool {
        match self.0 {}
    }
}

impl Condition {
    pub fn new() -> io::Result<Condition> {
        Err(unsupported())
    }
    pub fn wait<'a>(&self, guard: LockGuard<'a>) -> Result<LockGuard<'a>, LockError> {
        match self.0 {}
    }
    pub fn wait_timeout<'a>(&self, guard: LockGuard<'a>, limit: Duration) -> Result<(LockGuard<'a>, bool), LockError> {
        match self.0 {}
    }
    pub fn notify_one(&self) {
        match self.0 {}
    }
    pub fn notify_all(&self) {
        match self.0 {}
    }
}

impl Event {
    pub fn new() -> io::Result<Event> {
        Err(unsupported())
    }
    pub fn set(&self) {
        match self.0 {}
    }
    pub fn clear(&self) {
        match self.0 {}
    }
    pub fn is_set(&self) -> bool {
        match self.0 {}
    }
    pub fn wait(&self) -> io::Result<()> {
        match self.0 {}
    }
    pub fn wait_timeout(&self, limit: Duration) -> io::Result<bool> {
        match self.0 {}
    }
}

impl Lock {
    pub fn new() -> io::Result<Lock> {
        Err(unsupported())
    }
    pub fn acquire(&self) -> Result<LockGuard<'_>, LockError> {
        match self.0 {}
    }
    pub fn try_acquire(&self) -> Result<Option<LockGuard<'_>>, LockError> {
        match self.0 {}
    }
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Option<LockGuard<'_>>, LockError> {
        match self.0 {}
    }
    pub fn recover(&self) -> Result<LockGuard<'_>, LockError> {
        match self.0 {}
    }
}

impl<'a> LockGuard<'a> {
    pub fn release(self) {
        match self.0 {}
    }
}

impl RLock {
    pub fn new() -> io::Result<RLock> {
        Err(unsupported())
    }
    pub fn acquire(&self) -> Result<RLockGuard<'_>, LockError> {
        match self.0 {}
    }
    pub fn try_acquire(&self) -> Result<Option<RLockGuard<'_>>, LockError> {
        match self.0 {}
    }
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Option<RLockGuard<'_>>, LockError> {
        match self.0 {}
    }
    pub fn recover(&self) -> Result<RLockGuard<'_>, LockError> {
        match self.0 {}
    }
}

impl RLockGuard<'_> {
    pub fn release(self) {
        match self.0 {}
    }
}

impl Semaphore {
    pub fn new(permits: usize) -> io::Result<Semaphore> {
        Err(unsupported())
    }
    pub fn acquire(&self) -> Result<Permit<'_>, LockError> {
        match self.0 {}
    }
    pub fn try_acquire(&self) -> Result<Option<Permit<'_>>, LockError> {
        match self.0 {}
    }
    pub fn acquire_timeout(&self, limit: Duration) -> Result<Option<Permit<'_>>, LockError> {
        match self.0 {}
    }
}

impl Permit<'_> {
    pub fn release(self) {
        match self.0 {}
    }
}

impl<T: PlainData> Value<T> {
    pub fn new(value: T) -> io::Result<Value<T>> {
        Err(unsupported())
    }
    pub fn get(&self) -> Result<T, LockError> {
        match self.0 {}
    }
    pub fn set(&self, value: T) -> Result<(), LockError> {
        match self.0 {}
    }
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Result<R, LockError> {
        match self.0 {}
    }
    pub fn recover(&self) -> Result<T, LockError> {
        match self.0 {}
    }
}

impl<T> fmt::Debug for Value<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}
