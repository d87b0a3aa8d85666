//! Two ends that send values to each other: [`pipe`] and [`Connection`].

mod error;

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{RecvError, SendError};

use crate::explain::explain;
use crate::poll;

/// A value begins with the length of its message, as a u64 in little-endian order.
const HEADER: usize = size_of::<u64>();

/// So much room is made for a message at first: its length is the word of another process.
const FIRST_ROOM: usize = 64 << 10;

/// Two connected ends: what one sends, the other receives. An end sends values of one type and receives values of
/// another (or of the same).
///
/// Make it before the processes that are to use it, and *move* one end into each: a forked child has a copy of every
/// end that its parent had when it was forked, and an end is closed only when its last copy is.
///
/// ```
/// use multiprocess::{Connection, Process, pipe};
///
/// // Sends texts, receives numbers.
/// fn square(mut end: Connection<String, u64>) {
///     let n = end.recv().expect("the parent sends");
///     end.send((n * n).to_string()).expect("the parent is there");
/// }
///
/// let (server, mut client) = pipe()?;
/// let mut p = Process::spawn(move || square(server))?;
/// client.send(7)?;
/// assert_eq!(client.recv()?, "49");
/// p.join()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The system has no descriptors left: each end is one.
pub fn pipe<S, R>() -> io::Result<(Connection<S, R>, Connection<R, S>)> {
    let (one, other) = UnixStream::pair()
        .map_err(|error| explain(error, format_args!("could not make the two ends of a connection")))?;
    Ok((Connection::new(one), Connection::new(other)))
}

/// One end of a [`pipe`]: sends values of type `S`, receives values of type `R`.
///
/// Values travel through a pair of sockets (`unix(7)`) as bytes, in the [postcard](https://docs.rs/postcard) format,
/// and may have any size. An end holds one descriptor. Dropping it closes it in this process; [`recv`](Self::recv) of
/// the other end says so when the last copy is closed, also when its process was killed.
///
/// An end is for one process (and one thread) at a time: if two copies of it send at once, or receive at once, their
/// values mix, and what comes out is an error.
pub struct Connection<S, R = S> {
    socket: UnixStream,
    /// What has come of the next message, header and all. Never more than that: the rest is left to the kernel, so that
    /// the descriptor tells whether there is something to receive.
    incoming: Vec<u8>,
    values: PhantomData<fn(S) -> R>,
}

impl<S, R> Connection<S, R> {
    pub(crate) fn new(socket: UnixStream) -> Connection<S, R> {
        Connection { socket, incoming: Vec::new(), values: PhantomData }
    }

    /// Waits until there is something to receive, or the other end is closed, but no longer than `limit`. `false`:
    /// there is nothing. A limit of zero does not wait. (Of a large value the rest may still be on its way:
    /// [`recv`](Self::recv) waits for that, [`recv_timeout`](Self::recv_timeout) no longer than you say.)
    ///
    /// # Errors
    /// The system refused something that it never should.
    pub fn poll(&self, limit: Duration) -> io::Result<bool> {
        // A time too far away to be represented is as good as none.
        self.wait_until(Instant::now().checked_add(limit))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> io::Result<bool> {
        let mut polls = [poll::readable(self.socket.as_fd())];
        poll::wait(&mut polls, deadline)?;
        Ok(polls[0].revents != 0)
    }

    /// Closes this copy of the end, as dropping it does.
    pub fn close(self) {}
}

impl<S: Serialize, R> Connection<S, R> {
    /// Sends a value, given as it is or by reference. Waits while more is on its way than the system holds (some 200
    /// KB), until the other end receives.
    ///
    /// # Errors
    /// Every copy of the other end is closed; or the value cannot be encoded, and nothing was sent.
    pub fn send(&mut self, value: impl Borrow<S>) -> Result<(), SendError> {
        let mut message = postcard::to_extend(value.borrow(), vec![0; HEADER]).map_err(SendError::encode)?;
        let length = (message.len() - HEADER) as u64;
        message[..HEADER].copy_from_slice(&length.to_le_bytes());
        let mut rest = &message[..];
        while !rest.is_empty() {
            // MSG_NOSIGNAL: an error instead of SIGPIPE, also in programs that do not ignore that.
            // SAFETY: the pointer and the length are those of one live slice.
            let sent =
                unsafe { libc::send(self.socket.as_raw_fd(), rest.as_ptr().cast(), rest.len(), libc::MSG_NOSIGNAL) };
            match usize::try_from(sent) {
                Ok(sent) => rest = &rest[sent..],
                Err(_) => {
                    let error = io::Error::last_os_error();
                    match error.raw_os_error() {
                        Some(libc::EINTR) => {}
                        Some(libc::EPIPE | libc::ECONNRESET) => return Err(SendError::Closed),
                        _ => return Err(SendError::System(error)),
                    }
                }
            }
        }
        Ok(())
    }
}

impl<S, R: DeserializeOwned> Connection<S, R> {
    /// Receives the next value. Waits for it, until every copy of the other end is closed.
    ///
    /// # Errors
    /// [`RecvError::Closed`]: nothing is left, and nobody who could send (end of file). Or the value cannot be decoded;
    /// it is gone, and the next `recv` receives the next one.
    pub fn recv(&mut self) -> Result<R, RecvError> {
        loop {
            if self.receive(0)? {
                return self.decode();
            }
        }
    }

    /// Receives the next value if it is there, whole.
    ///
    /// # Errors
    /// As of [`recv`](Self::recv).
    pub fn try_recv(&mut self) -> Result<Option<R>, RecvError> {
        if self.receive(libc::MSG_DONTWAIT)? { self.decode().map(Some) } else { Ok(None) }
    }

    /// Receives the next value, waiting for it at most for `limit`. `None`: it has not come, or not whole; what has
    /// come of it is kept for the next time.
    ///
    /// # Errors
    /// As of [`recv`](Self::recv).
    pub fn recv_timeout(&mut self, limit: Duration) -> Result<Option<R>, RecvError> {
        let deadline = Instant::now().checked_add(limit);
        loop {
            if let Some(value) = self.try_recv()? {
                return Ok(Some(value));
            }
            if !self.wait_until(deadline).map_err(RecvError::System)? {
                return Ok(None);
            }
        }
    }

    /// The values that come, until every copy of the other end is closed. Each waits as [`recv`](Self::recv) does.
    pub fn iter(&mut self) -> impl Iterator<Item = Result<R, RecvError>> {
        std::iter::from_fn(|| match self.recv() {
            Err(RecvError::Closed) => None,
            received => Some(received),
        })
    }

    /// Receives what has come of the next message. `true`: it is whole.
    fn receive(&mut self, flags: libc::c_int) -> Result<bool, RecvError> {
        loop {
            let missing = match self.incoming.first_chunk() {
                None => HEADER - self.incoming.len(),
                Some(header) => {
                    let length = usize::try_from(u64::from_le_bytes(*header)).ok();
                    let whole = length.and_then(|length| length.checked_add(HEADER)).ok_or_else(too_long)?;
                    whole - self.incoming.len()
                }
            };
            if missing == 0 {
                return Ok(true);
            }
            // Not more room at once than twice what has come, whatever the header says.
            let room = missing.min(self.incoming.len().max(FIRST_ROOM));
            self.incoming.try_reserve(room).map_err(|_| too_long())?;
            let place = self.incoming.spare_capacity_mut();
            // SAFETY: the vector has room for so many bytes there.
            let received = unsafe { libc::recv(self.socket.as_raw_fd(), place.as_mut_ptr().cast(), room, flags) };
            match usize::try_from(received) {
                Ok(0) => return Err(self.end()),
                // SAFETY: so many bytes behind the old length have just been written.
                Ok(received) => unsafe { self.incoming.set_len(self.incoming.len() + received) },
                Err(_) => {
                    let error = io::Error::last_os_error();
                    match error.raw_os_error() {
                        Some(libc::EINTR) => {}
                        Some(libc::EAGAIN) => return Ok(false),
                        // It was closed, and had not received all.
                        Some(libc::ECONNRESET) => return Err(self.end()),
                        _ => return Err(RecvError::System(error)),
                    }
                }
            }
        }
    }

    fn end(&self) -> RecvError {
        if self.incoming.is_empty() {
            return RecvError::Closed;
        }
        RecvError::System(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the other end was closed in the middle of a value: its process was killed",
        ))
    }

    fn decode(&mut self) -> Result<R, RecvError> {
        let message = std::mem::take(&mut self.incoming);
        let value = postcard::from_bytes(&message[HEADER..]).map_err(RecvError::decode);
        // Room for the next one, unless this one was large.
        if message.capacity() <= FIRST_ROOM {
            self.incoming = message;
            self.incoming.clear();
        }
        value
    }
}

fn too_long() -> RecvError {
    RecvError::System(io::Error::new(
        io::ErrorKind::InvalidData,
        "a message is said to be longer than memory: two processes have sent at once through copies of one end",
    ))
}

impl<S, R> AsFd for Connection<S, R> {
    /// The socket: readable for `poll(2)` when there is something to receive, or when the other end is closed.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl<S, R> AsRawFd for Connection<S, R> {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

impl<S, R> fmt::Debug for Connection<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("socket", &self.socket.as_raw_fd()).finish_non_exhaustive()
    }
}
