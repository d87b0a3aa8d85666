//! A value that several processes read and write.

use std::fmt;
use std::io;
use std::marker::PhantomData;

use super::holder::Holder;
use super::{LockError, PlainData};
use crate::shared::lock::Guard;
use crate::shared::mapping::Mapping;
use crate::shared::wait::Wait;

/// A value in shared memory, with a lock of its own: what one process sets, the others get.
///
/// Make it before the processes that are to use it.
///
/// ```
/// use multiprocess::{Process, Value};
///
/// let counter = Value::new(0_u64)?;
/// let add = || (0..1000).for_each(|_| counter.update(|n| *n += 1).expect("nobody dies here"));
/// let mut children = [Process::spawn(add)?, Process::spawn(add)?];
/// for child in &mut children {
///     child.join()?;
/// }
/// assert_eq!(counter.get()?, 2000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// If a process dies while it writes, the others are told so ([`LockError::HolderDied`]) until one of them calls
/// [`recover`](Self::recover).
pub struct Value<T> {
    /// Begins with an [`Inside`].
    memory: Mapping,
    value: PhantomData<fn(T) -> T>,
}

#[repr(C)]
struct Inside<T> {
    holder: Holder,
    value: T,
}

impl<T: PlainData> Value<T> {
    /// A value that is `value` at first.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left.
    pub fn new(value: T) -> io::Result<Value<T>> {
        const { assert!(align_of::<Inside<T>>() <= 4096, "memory is aligned to pages") };
        let memory = Mapping::new(c"multiprocess-value", size_of::<Inside<T>>(), 0)?;
        let inside = memory.head().as_ptr().cast::<Inside<T>>();
        // SAFETY: the mapping has room for it, begins on a page, is known to nobody else yet, and never moves.
        unsafe {
            (&raw mut (*inside).value).write(value);
            Holder::init(&raw mut (*inside).holder)?;
        }
        Ok(Value { memory, value: PhantomData })
    }

    /// A copy of the value. Waits while another process writes.
    ///
    /// # Errors
    /// A process died while it wrote; the shared memory was overwritten; or this is called within
    /// [`update`](Self::update).
    pub fn get(&self) -> Result<T, LockError> {
        let held = self.acquire()?;
        Ok(self.read(&held))
    }

    /// Sets the value.
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn set(&self, value: T) -> Result<(), LockError> {
        let held = self.acquire()?;
        self.write(&held, value);
        Ok(())
    }

    /// Changes the value while nobody else reads or writes it. `change` is given a copy, which is written back when it
    /// returns: if it panics, nothing has changed.
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Result<R, LockError> {
        let held = self.acquire()?;
        let mut value = self.read(&held);
        let result = change(&mut value);
        self.write(&held, value);
        Ok(result)
    }

    /// A copy of the value as it is, which may be half of what a dead process was writing. The others are told nothing
    /// of that death any more.
    ///
    /// # Errors
    /// As of [`get`](Self::get), but for the death of a process.
    pub fn recover(&self) -> Result<T, LockError> {
        let held = self.holder().recover()?;
        Ok(self.read(&held))
    }

    fn acquire(&self) -> Result<Guard<'_>, LockError> {
        let guard = self.holder().acquire(Wait::Forever)?;
        guard.ok_or_else(|| io::Error::other("a wait without a limit has ended").into())
    }

    fn read(&self, _held: &Guard<'_>) -> T {
        // SAFETY: `new` has made a T there, and any bytes are one; nobody writes while we hold the lock, and should a
        // process do so all the same, we get some bytes. There is never a reference to it.
        unsafe { self.place().read_volatile() }
    }

    fn write(&self, _held: &Guard<'_>, value: T) {
        // SAFETY: as in `read`.
        unsafe { self.place().write_volatile(value) }
    }

    fn place(&self) -> *mut T {
        // SAFETY: the field lies in the mapping.
        unsafe { &raw mut (*self.memory.head().as_ptr().cast::<Inside<T>>()).value }
    }

    fn holder(&self) -> &Holder {
        // SAFETY: `new` has made one there, at the start, which lives as long as `self` and is made to be shared.
        unsafe { self.memory.head().cast().as_ref() }
    }
}

impl<T> fmt::Debug for Value<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").finish_non_exhaustive()
    }
}
