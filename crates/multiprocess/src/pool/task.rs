//! A task as bytes: the address of the code that runs it, and its encoded argument.

use std::any::type_name;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::TaskError;

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
        let argument = decode(argument, "argument")?;
        encode_result(&function(argument), result)
    }
}

/// The code that runs `F` on every argument of a chunk, one after the other.
pub(super) fn many<F, A, R>(_: F) -> Code
where
    F: Fn(A) -> R + Copy,
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    |mut arguments, results| {
        let function = F::conjure();
        let count: usize = decode_next(&mut arguments, "chunk")?;
        for _ in 0..count {
            let argument = decode_next(&mut arguments, "argument")?;
            encode_result(&function(argument), results)?;
        }
        Ok(())
    }
}

fn encode_result<R: Serialize>(value: &R, to: &mut Vec<u8>) -> Result<(), String> {
    // What is there is kept: `to` is moved through the encoder, not copied.
    *to = postcard::to_extend(value, std::mem::take(to))
        .map_err(|e| format!("the result ({}) cannot be encoded: {e}", type_name::<R>()))?;
    Ok(())
}

/// Lends `f` the encoded argument.
pub(super) fn with_encoded<A: Serialize, T>(
    value: &A,
    f: impl FnOnce(&[u8]) -> Result<T, TaskError>,
) -> Result<T, TaskError> {
    // Most arguments are short: no allocation for them.
    let mut short = [0; 128];
    if let Ok(bytes) = postcard::to_slice(value, &mut short) {
        return f(bytes);
    }
    let mut long = Vec::new();
    encode_argument(value, &mut long)?;
    f(&long)
}

/// Encodes an argument after what is in `to` already.
pub(super) fn encode_argument<A: Serialize>(value: &A, to: &mut Vec<u8>) -> Result<(), TaskError> {
    *to = postcard::to_extend(value, std::mem::take(to))
        .map_err(|e| TaskError::Encoding(format!("the argument ({}) cannot be encoded: {e}", type_name::<A>())))?;
    Ok(())
}

/// Decodes a whole result.
pub(super) fn decode_result<R: DeserializeOwned>(bytes: &[u8]) -> Result<R, TaskError> {
    decode(bytes, "result").map_err(TaskError::Encoding)
}

/// Decodes the next of several results.
pub(super) fn decode_next_result<R: DeserializeOwned>(bytes: &mut &[u8]) -> Result<R, TaskError> {
    decode_next(bytes, "result").map_err(TaskError::Encoding)
}

fn decode<T: DeserializeOwned>(mut bytes: &[u8], what: &str) -> Result<T, String> {
    decode_next(&mut bytes, what)
}

fn decode_next<T: DeserializeOwned>(bytes: &mut &[u8], what: &str) -> Result<T, String> {
    let (value, rest) = postcard::take_from_bytes(bytes)
        .map_err(|e| format!("the {what} ({}) cannot be decoded: {e}", type_name::<T>()))?;
    *bytes = rest;
    Ok(value)
}
