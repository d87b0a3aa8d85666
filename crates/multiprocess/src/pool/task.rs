//! A task as bytes: the address of the code that runs it, and its encoded argument.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Decodes an argument, runs the function, encodes what it returned.
///
/// A fork keeps the address space as it was, so in a worker this address is the same code as in the pool's owner.
pub(super) type Code = fn(&[u8]) -> Result<Vec<u8>, String>;

/// The code that runs `F`.
pub(super) fn code<F, A, R>(_: F) -> Code
where
    F: Fn(A) -> R + Copy,
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    const {
        assert!(
            size_of::<F>() == 0,
            "a task is a function or a closure that captures nothing: pass what it needs as the argument"
        );
    }
    |argument| {
        // SAFETY: `F` has no bytes (checked above), so any aligned address holds one; the caller of `code` had a value of it, and
        // `F: Copy` says that there may be more.
        let function = unsafe { std::ptr::dangling::<F>().read() };
        let argument = postcard::from_bytes(argument)
            .map_err(|e| format!("the argument ({}) cannot be decoded: {e}", std::any::type_name::<A>()))?;
        let result = function(argument);
        postcard::to_stdvec(&result)
            .map_err(|e| format!("the result ({}) cannot be encoded: {e}", std::any::type_name::<R>()))
    }
}
