//! Arguments and results as bytes.

use std::any::type_name;

use postcard::de_flavors::Slice;
use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Encodes a value after what is in `to` already. `what` it is, an error says.
#[inline]
pub(super) fn encode<T: Serialize>(value: &T, to: &mut Vec<u8>, what: &str) -> Result<(), String> {
    postcard::serialize_with_flavor(value, Append(to))
        .map_err(|e| format!("the {what} ({}) cannot be encoded: {e}", type_name::<T>()))
}

/// Lends `f` the encoded argument.
pub(super) fn with_encoded<T: Serialize, R>(value: &T, f: impl FnOnce(&[u8]) -> R) -> Result<R, String> {
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
pub(super) struct Decoder<'a>(postcard::Deserializer<'a, Slice<'a>>);

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Decoder<'a> {
        Decoder(postcard::Deserializer::from_bytes(bytes))
    }

    #[inline]
    pub(super) fn next<T: DeserializeOwned>(&mut self, what: &str) -> Result<T, String> {
        T::deserialize(&mut self.0).map_err(|e| format!("the {what} ({}) cannot be decoded: {e}", type_name::<T>()))
    }
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
