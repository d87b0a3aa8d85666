//! Several values that several processes read and write.

use std::fmt;
use std::io;
use std::marker::PhantomData;

use super::holder::Holder;
use super::{LockError, PlainData};
use crate::shared::lock::Guard;
use crate::shared::mapping::{Mapping, must_be_left};
use crate::shared::wait::Wait;

/// Items in shared memory, a fixed number of them, with one lock for all.
///
/// Make it before the processes that are to use it. What is said of the death of a process at [`Value`](crate::Value)
/// holds here.
///
/// ```
/// use multiprocess::{Array, Process};
///
/// let squares = Array::new(10, 0_u64)?;
/// let mut child = Process::spawn(|| {
///     for n in 0..10 {
///         squares.set(n, (n * n) as u64).expect("nobody dies here");
///     }
/// })?;
/// child.join()?;
/// assert_eq!(squares.to_vec()?, [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Array<T> {
    /// Begins with a [`Holder`]; the items follow.
    memory: Mapping,
    /// Kept here, where no other process can write.
    len: usize,
    items: PhantomData<fn(T) -> T>,
}

impl<T: PlainData> Array<T> {
    /// Where the items begin.
    const ITEMS: usize = size_of::<Holder>().next_multiple_of(align_of::<T>());

    /// `len` items that are `value` at first.
    ///
    /// # Errors
    /// The system has no memory or file descriptors (one is needed for a moment) left. All of the memory is used at once, so more
    /// than the machine has left is refused ([`io::ErrorKind::OutOfMemory`]), as far as `/proc/meminfo` tells.
    pub fn new(len: usize, value: T) -> io::Result<Array<T>> {
        const { assert!(align_of::<T>() <= 4096, "memory is aligned to pages") };
        let size = size_of::<T>().checked_mul(len).and_then(|items| items.checked_add(Self::ITEMS));
        let size = size.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("an array of {len} items is more than there are addresses"),
            )
        })?;
        must_be_left(size)?;
        let memory = Mapping::new(c"multiprocess-array", size, 0)?;
        // SAFETY: the mapping has room for it, begins on a page, is known to nobody else yet, and never moves.
        unsafe { Holder::init(memory.head().as_ptr().cast())? };
        let array: Array<T> = Array { memory, len, items: PhantomData };
        for index in 0..len {
            // SAFETY: a place of the array, which nobody else knows of yet.
            unsafe { array.place(index).write_volatile(value) };
        }
        Ok(array)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A copy of an item. Waits while another process writes.
    ///
    /// # Errors
    /// As of [`Value::get`](crate::Value::get).
    ///
    /// # Panics
    /// There is no such item.
    pub fn get(&self, index: usize) -> Result<T, LockError> {
        let held = self.acquire()?;
        Ok(self.read(&held, index))
    }

    /// Sets an item.
    ///
    /// # Errors
    /// As of [`Value::get`](crate::Value::get).
    ///
    /// # Panics
    /// There is no such item.
    pub fn set(&self, index: usize, value: T) -> Result<(), LockError> {
        let held = self.acquire()?;
        self.write(&held, index, value);
        Ok(())
    }

    /// A copy of all items, as they were at one moment.
    ///
    /// # Errors
    /// As of [`Value::get`](crate::Value::get).
    pub fn to_vec(&self) -> Result<Vec<T>, LockError> {
        let held = self.acquire()?;
        Ok(self.read_all(&held))
    }

    /// Changes items while nobody else reads or writes them. `change` is given copies, which are written back when it
    /// returns: if it panics, nothing has changed.
    ///
    /// # Errors
    /// As of [`Value::get`](crate::Value::get).
    pub fn update<R>(&self, change: impl FnOnce(&mut [T]) -> R) -> Result<R, LockError> {
        let held = self.acquire()?;
        let mut items = self.read_all(&held);
        let result = change(&mut items);
        for (index, item) in items.into_iter().enumerate() {
            self.write(&held, index, item);
        }
        Ok(result)
    }

    /// As [`Value::recover`](crate::Value::recover).
    ///
    /// # Errors
    /// As of [`Value::recover`](crate::Value::recover).
    pub fn recover(&self) -> Result<Vec<T>, LockError> {
        let held = self.holder().recover()?;
        Ok(self.read_all(&held))
    }

    fn acquire(&self) -> Result<Guard<'_>, LockError> {
        let guard = self.holder().acquire(Wait::Forever)?;
        guard.ok_or_else(|| io::Error::other("a wait without a limit has ended").into())
    }

    fn read_all(&self, held: &Guard<'_>) -> Vec<T> {
        (0..self.len).map(|index| self.read(held, index)).collect()
    }

    fn read(&self, _held: &Guard<'_>, index: usize) -> T {
        // SAFETY: `new` has made a T there, and any bytes are one; nobody writes while we hold the lock, and should a
        // process do so all the same, we get some bytes. There is never a reference to it.
        unsafe { self.place(index).read_volatile() }
    }

    fn write(&self, _held: &Guard<'_>, index: usize, value: T) {
        // SAFETY: as in `read`.
        unsafe { self.place(index).write_volatile(value) }
    }

    fn place(&self, index: usize) -> *mut T {
        assert!(index < self.len, "item {index} of an array of {} items", self.len);
        // SAFETY: `new` has made room for so many items there, and aligned them.
        unsafe { self.memory.head().as_ptr().add(Self::ITEMS).cast::<T>().add(index) }
    }

    fn holder(&self) -> &Holder {
        // SAFETY: `new` has made one there, which lives as long as `self` and is made to be shared.
        unsafe { self.memory.head().cast().as_ref() }
    }
}

impl<T> fmt::Debug for Array<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Array").field("len", &self.len).finish_non_exhaustive()
    }
}
