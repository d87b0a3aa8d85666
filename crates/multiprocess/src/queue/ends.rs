//! The two ends of a queue, each of which knows whether the other is left.

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::holders::{Holders, Kind};
use super::{GetError, NotAllPut, NotPut, PutError, Queue};
use crate::process::hand_over::Precious;
use crate::shared::fork_guard::ForkGuard;
use crate::shared::ring::{Ring, Sides};

/// After so many values that were put, a sender looks whether somebody gets them.
const PUTS_BETWEEN_LOOKS: u32 = 64;

/// The end of a [`Queue`] that puts: see [`Queue::split`].
pub struct Sender<T> {
    end: End<T>,
    /// How many values are put before the next look.
    puts_left: AtomicU32,
    /// How many had been got at the last look.
    got: AtomicU32,
}

/// The end of a [`Queue`] that gets: see [`Queue::split`].
pub struct Receiver<T>(End<T>);

/// An end, and its place among all of its kind.
struct End<T> {
    queue: Arc<Queue<T>>,
    holders: Arc<Holders>,
    kind: Kind,
    /// In which process it holds its place.
    holder: ForkGuard,
    /// One thread at a time takes one.
    place: Mutex<usize>,
    _precious: Precious,
}

pub(super) fn split<T>(mut queue: Queue<T>) -> io::Result<(Sender<T>, Receiver<T>)> {
    if !queue.ring.split() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "another process has split this queue already"));
    }
    let holders = Arc::new(Holders::new()?);
    queue.ring.watch({
        let holders = Arc::clone(&holders);
        Box::new(move |ring| look(&holders, ring))
    });
    let queue = Arc::new(queue);
    let sender = Sender::of(End::new(&queue, &holders, Kind::Sender)?);
    let receiver = Receiver(End::new(&queue, &holders, Kind::Receiver)?);
    Ok((sender, receiver))
}

/// Notes whose holders have all gone.
fn look(holders: &Holders, ring: &Ring) -> io::Result<()> {
    let gone = {
        let list = holders.lock()?;
        let senders = !list.is_held(Kind::Sender);
        let receivers = !list.is_held(Kind::Receiver);
        let gone = Sides { senders, receivers };
        // Before anybody can take a place again.
        ring.note_gone(gone);
        gone
    };
    ring.tell_of(gone)
}

impl<T> End<T> {
    fn new(queue: &Arc<Queue<T>>, holders: &Arc<Holders>, kind: Kind) -> io::Result<End<T>> {
        let holder = ForkGuard::new()?;
        let place = take_place(queue, holders, kind)?;
        let (queue, holders) = (Arc::clone(queue), Arc::clone(holders));
        Ok(End { queue, holders, kind, holder, place: Mutex::new(place), _precious: Precious::new() })
    }

    fn try_clone(&self) -> io::Result<End<T>> {
        End::new(&self.queue, &self.holders, self.kind)
    }

    /// The queue. If this is a copy in a forked child, it is an end of the child's from now on.
    #[inline]
    fn queue(&self) -> io::Result<&Queue<T>> {
        if !self.holder.is_maker() {
            self.hold_here()?;
        }
        Ok(&self.queue)
    }

    #[cold]
    fn hold_here(&self) -> io::Result<()> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.holder.is_maker() {
            if !self.holders.lock()?.is_ours(self.kind, *place) {
                // It was not moved here, and remains where it is as well.
                *place = take_place(&self.queue, &self.holders, self.kind)?;
            }
            self.holder.become_maker();
        }
        Ok(())
    }
}

fn take_place<T>(queue: &Queue<T>, holders: &Holders, kind: Kind) -> io::Result<usize> {
    let list = holders.lock()?;
    let place = list.take(kind)?;
    queue.ring.note_back(Sides { senders: kind == Kind::Sender, receivers: kind == Kind::Receiver });
    Ok(place)
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        let place = *self.place.get_mut().unwrap_or_else(PoisonError::into_inner);
        // An error means that the list was overwritten: then there is nobody to tell.
        let given_up = self.holders.lock().map(|list| {
            let ours = list.is_ours(self.kind, place);
            if ours {
                list.give_up(self.kind, place);
            }
            ours
        });
        if matches!(given_up, Ok(true)) {
            let _ = look(&self.holders, &self.queue.ring);
        }
    }
}

impl<T> Sender<T> {
    fn of(end: End<T>) -> Sender<T> {
        Sender { end, puts_left: AtomicU32::new(PUTS_BETWEEN_LOOKS), got: AtomicU32::new(0) }
    }

    /// One more sender, of this process. In a child that has a copy of this one, it is the child's.
    ///
    /// # Errors
    /// There are 512 senders already, or the system has no memory left.
    pub fn try_clone(&self) -> io::Result<Sender<T>> {
        self.end.try_clone().map(Sender::of)
    }

    /// Closes the queue for all, as [`Queue::close`] does.
    ///
    /// # Errors
    /// The shared memory was overwritten.
    pub fn close(&self) -> io::Result<()> {
        self.end.queue()?.close()
    }

    /// As [`Queue::len`].
    pub fn len(&self) -> usize {
        self.end.queue.len()
    }

    /// As [`Queue::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.end.queue.is_empty()
    }

    /// As [`Queue::capacity`].
    pub fn capacity(&self) -> usize {
        self.end.queue.capacity()
    }
}

impl<T: Serialize + DeserializeOwned> Sender<T> {
    /// Puts a value, as [`Queue::put`] does.
    ///
    /// # Errors
    /// [`PutError::Disconnected`]: no process is left that has a [`Receiver`]. And those of [`Queue::put`].
    #[inline]
    pub fn put(&self, value: impl Borrow<T>) -> Result<(), PutError> {
        self.end.queue().map_err(PutError::System)?.put(value)?;
        self.has_put();
        Ok(())
    }

    /// Puts a value if there is room now, as [`Queue::try_put`] does.
    ///
    /// # Errors
    /// As of [`Queue::try_put`] and [`put`](Self::put).
    pub fn try_put<V: Borrow<T>>(&self, value: V) -> Result<(), NotPut<V>> {
        self.put_timeout(value, Duration::ZERO)
    }

    /// Puts a value, waiting for room at most for `limit`, as [`Queue::put_timeout`] does.
    ///
    /// # Errors
    /// As of [`Queue::put_timeout`] and [`put`](Self::put).
    pub fn put_timeout<V: Borrow<T>>(&self, value: V, limit: Duration) -> Result<(), NotPut<V>> {
        match self.end.queue() {
            Ok(queue) => queue.put_timeout(value, limit)?,
            Err(error) => return Err(NotPut { value, error: PutError::System(error) }),
        }
        self.has_put();
        Ok(())
    }

    /// Puts all these values, in their order, as [`Queue::put_many`] does.
    ///
    /// # Errors
    /// As of [`Queue::put_many`] and [`put`](Self::put).
    pub fn put_many(&self, values: &[T]) -> Result<(), NotAllPut> {
        let queue = self.end.queue().map_err(|error| NotAllPut { put: 0, error: PutError::System(error) })?;
        queue.put_many(values)?;
        self.has_put();
        Ok(())
    }

    /// A receiver that was killed says nothing, and a queue with room does not make a sender wait, and look. So now and then
    /// one that sees nothing taken looks all the same.
    #[inline]
    fn has_put(&self) {
        // Several threads may miscount; it does not matter when they look.
        match self.puts_left.load(Ordering::Relaxed) {
            0 => self.look_if_nothing_is_got(),
            left => self.puts_left.store(left - 1, Ordering::Relaxed),
        }
    }

    #[cold]
    fn look_if_nothing_is_got(&self) {
        self.puts_left.store(PUTS_BETWEEN_LOOKS, Ordering::Relaxed);
        let got = self.end.queue.ring.taken();
        if self.got.swap(got, Ordering::Relaxed) == got {
            // This value was put; the next one is told. (A receiver that has to wait for a processor is no reason to look at each turn.)
            let _ = self.end.queue.ring.glance();
        }
    }
}

impl<T> Receiver<T> {
    /// One more receiver, of this process. In a child that has a copy of this one, it is the child's.
    ///
    /// # Errors
    /// There are 512 receivers already, or the system has no memory left.
    pub fn try_clone(&self) -> io::Result<Receiver<T>> {
        self.0.try_clone().map(Receiver)
    }

    /// Closes the queue for all, as [`Queue::close`] does.
    ///
    /// # Errors
    /// The shared memory was overwritten.
    pub fn close(&self) -> io::Result<()> {
        self.0.queue()?.close()
    }

    /// As [`Queue::len`].
    pub fn len(&self) -> usize {
        self.0.queue.len()
    }

    /// As [`Queue::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.0.queue.is_empty()
    }

    /// As [`Queue::capacity`].
    pub fn capacity(&self) -> usize {
        self.0.queue.capacity()
    }
}

impl<T: Serialize + DeserializeOwned> Receiver<T> {
    /// Takes the oldest item, as [`Queue::get`] does.
    ///
    /// # Errors
    /// [`GetError::Disconnected`]: the queue is empty, and no process is left that has a [`Sender`]. And those of
    /// [`Queue::get`].
    #[inline]
    pub fn get(&self) -> Result<T, GetError> {
        self.0.queue().map_err(GetError::System)?.get()
    }

    /// Takes the oldest item, if there is one now, as [`Queue::try_get`] does.
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn try_get(&self) -> Result<Option<T>, GetError> {
        self.0.queue().map_err(GetError::System)?.try_get()
    }

    /// Takes the oldest item, waiting for one at most for `limit`, as [`Queue::get_timeout`] does.
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>, GetError> {
        self.0.queue().map_err(GetError::System)?.get_timeout(limit)
    }

    /// Takes the oldest item and those behind it that are there already, as [`Queue::get_many`] does.
    ///
    /// # Errors
    /// As of [`get`](Self::get).
    pub fn get_many(&self, most: usize) -> Result<Vec<T>, GetError> {
        self.0.queue().map_err(GetError::System)?.get_many(most)
    }

    /// The items that come, until the queue is closed or no process is left that has a [`Sender`]. Each waits as
    /// [`get`](Self::get) does.
    pub fn iter(&self) -> impl Iterator<Item = Result<T, GetError>> {
        std::iter::from_fn(|| match self.get() {
            Err(GetError::Closed | GetError::Disconnected) => None,
            got => Some(got),
        })
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.end.queue).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.0.queue).finish()
    }
}
