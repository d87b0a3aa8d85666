//! Arguments and results as bytes.

use std::any::type_name;

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::skipped::skipped_field;

/// Encodes a value after what is in `to` already. `what` it is, an error says.
#[inline]
pub(super) fn encode<T: Serialize>(value: &T, to: &mut Vec<u8>, what: &str) -> Result<(), String> {
    must_be_whole(value, what)?;
    append(value, to).map_err(|e| format!("the {what} ({}) cannot be encoded: {e}", type_name::<T>()))
}

#[inline]
fn append<T: Serialize>(value: &T, to: &mut Vec<u8>) -> postcard::Result<()> {
    postcard::serialize_with_flavor(value, Append(to))
}

/// In debug builds: a field that is left out would not be missed by the decoder, which takes what follows for it.
#[inline]
fn must_be_whole<T: Serialize>(value: &T, what: &str) -> Result<(), String> {
    let skipped = if cfg!(debug_assertions) { skipped_field(value) } else { None };
    skipped.map_or(Ok(()), |field| {
        Err(format!(
            "the {what} ({}) leaves out the field `{field}` (serde's skip_serializing_if), and would arrive as another \
             value: the encoding has no names of fields",
            type_name::<T>()
        ))
    })
}

/// Lends `f` the encoded argument.
pub(super) fn with_encoded<T: Serialize, R>(value: &T, f: impl FnOnce(&[u8]) -> R) -> Result<R, String> {
    must_be_whole(value, "argument")?;
    // Most arguments are short: no allocation for them.
    let mut short = [0; 128];
    if let Ok(bytes) = postcard::to_slice(value, &mut short) {
        return Ok(f(bytes));
    }
    let mut long = Vec::new();
    encode(value, &mut long, "argument")?;
    Ok(f(&long))
}

/// The values encoded in some bytes, one after the other.
pub(super) struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Decoder<'a> {
        Decoder(bytes)
    }

    /// In debug builds, with a check whether this is the value that was encoded.
    #[inline]
    pub(super) fn next<T: Serialize + DeserializeOwned>(&mut self, what: &str) -> Result<T, String> {
        let (value, rest) = postcard::take_from_bytes::<T>(self.0)
            .map_err(|e| format!("the {what} ({}) cannot be decoded: {e}", type_name::<T>()))?;
        if cfg!(debug_assertions) && !is_encoded_so(&value, &self.0[..self.0.len() - rest.len()]) {
            return Err(does_not_survive::<T>(what));
        }
        self.0 = rest;
        Ok(value)
    }

    /// The only value there is.
    #[inline]
    pub(super) fn only<T: Serialize + DeserializeOwned>(mut self, what: &str) -> Result<T, String> {
        let value = self.next(what)?;
        self.end::<T>(what)?;
        Ok(value)
    }

    /// There is no value left.
    #[inline]
    pub(super) fn end<T>(self, what: &str) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err(does_not_survive::<T>(what)) }
    }
}

/// What is read from the bytes is not what was written there.
#[cold]
fn does_not_survive<T>(what: &str) -> String {
    format!(
        "the {what} ({}) is not encoded as it is decoded: does its Serialize fit its Deserialize? (Serde's \
         skip_serializing_if does not, in an encoding without names.)",
        type_name::<T>()
    )
}

fn is_encoded_so<T: Serialize>(value: &T, bytes: &[u8]) -> bool {
    let mut again = Vec::with_capacity(bytes.len());
    if append(value, &mut again).is_err() || again == bytes {
        return true;
    }
    // A HashMap has an order of its own each time.
    let mut bytes = bytes.to_vec();
    bytes.sort_unstable();
    again.sort_unstable();
    again == bytes
}

/// Encodes to the end of a vector.
struct Append<'a>(&'a mut Vec<u8>);

impl Flavor for Append<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        // Most are numbers of a few bytes, for which a call of memcpy costs more than the copy.
        match *bytes {
            [a] => self.0.push(a),
            [a, b] => self.0.extend_from_slice(&[a, b]),
            [a, b, c] => self.0.extend_from_slice(&[a, b, c]),
            [a, b, c, d] => self.0.extend_from_slice(&[a, b, c, d]),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    #[inline]
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
