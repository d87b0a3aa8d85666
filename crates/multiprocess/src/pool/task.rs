//! A task as bytes: the address of the code that runs it, and its encoded argument.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{Decoder, encode};

/// Decodes arguments, runs the function, and appends what it returned, encoded. An error says what cannot be encoded or
/// decoded.
///
/// A fork keeps the address space as it was, so in a worker this address is the same code as in the pool's owner.
pub(super) type Code = fn(&[u8], &mut Vec<u8>) -> Result<(), String>;

/// A function that a worker can call without having been given it: it is all code and no data.
pub(super) trait Function<A, R>: Fn(A) -> R + Copy {
    const HAS_NO_DATA: () = assert!(
        size_of::<Self>() == 0,
        "a task is a function, or a closure that captures nothing: pass what it needs as its argument"
    );

    fn conjure() -> Self {
        let () = Self::HAS_NO_DATA;
        // SAFETY: the type has no bytes (checked at compile time), so any aligned address holds one. There was a value of it: the
        // pool's owner was given one before it made this code a task; and `Copy` says that there may be more.
        unsafe { std::ptr::dangling::<Self>().read() }
    }
}

impl<F: Fn(A) -> R + Copy, A, R> Function<A, R> for F {}

/// The code that runs `F` on one argument.
pub(super) fn one<F, A, R>(_: F) -> Code
where
    F: Fn(A) -> R + Copy,
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    |argument, result| {
        let function = F::conjure();
        encode(&function(Decoder::new(argument).next("argument")?), result, "result")
    }
}

/// The code that runs `F` on every argument of a chunk, one after the other.
pub(super) fn many<F, A, R>(_: F) -> Code
where
    F: Fn(A) -> R + Copy,
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    |chunk, results| {
        let function = F::conjure();
        let Some((count, arguments)) = chunk.split_first_chunk() else { return Ok(()) };
        let mut arguments = Decoder::new(arguments);
        for _ in 0..u64::from_le_bytes(*count) {
            encode(&function(arguments.next("argument")?), results, "result")?;
        }
        Ok(())
    }
}

/// Makes room for the number of arguments in a chunk, which is known when they are encoded.
pub(super) fn begin_chunk(chunk: &mut Vec<u8>) {
    chunk.clear();
    chunk.extend([0; size_of::<u64>()]);
}

/// Writes that number.
pub(super) fn end_chunk(chunk: &mut [u8], count: usize) {
    if let Some(first) = chunk.first_chunk_mut() {
        *first = (count as u64).to_le_bytes();
    }
}
