//! What may lie in shared memory as it is.

/// Plain old data: a value of this type is nothing but its bytes, so that other processes can read and write it.
///
/// Numbers, and arrays and tuples of them. For a struct of your own:
///
/// ```
/// use multiprocess::{PlainData, Value};
///
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Progress {
///     done: u64,
///     of: u64,
/// }
/// // SAFETY: two numbers.
/// unsafe impl PlainData for Progress {}
///
/// let progress = Value::new(Progress { done: 0, of: 100 })?;
/// progress.update(|p| p.done += 1)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Safety
/// Any bytes at all are a valid value (so it contains no `bool`, `char`, enum or reference), and it means the same in
/// another process (so it contains no pointer).
pub unsafe trait PlainData: Copy + Send + 'static {}

macro_rules! plain {
    ($($number:ty),+) => {
        // SAFETY: any bytes are a number.
        $(unsafe impl PlainData for $number {})+
    };
}

plain!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, ());

// SAFETY: an array is its items, one after the other.
unsafe impl<T: PlainData, const N: usize> PlainData for [T; N] {}
// SAFETY: a tuple is its items, and padding, which is never looked at.
unsafe impl<A: PlainData, B: PlainData> PlainData for (A, B) {}
// SAFETY: as above.
unsafe impl<A: PlainData, B: PlainData, C: PlainData> PlainData for (A, B, C) {}
