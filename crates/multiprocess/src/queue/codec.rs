//! Values to bytes and back.

use postcard::ser_flavors::Size;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shared::ring::Encoded;

/// Encodes `value` at the start of `space`, or says how much space it needs.
#[inline]
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T, space: &mut [u8]) -> postcard::Result<Encoded> {
    match postcard::to_slice(value, space) {
        Ok(message) => Ok(Encoded::Whole(message.len())),
        Err(postcard::Error::SerializeBufferFull) => {
            postcard::serialize_with_flavor(value, Size::default()).map(Encoded::Needs)
        }
        Err(error) => Err(error),
    }
}

/// Decodes what [`encode`] wrote.
#[inline]
pub(crate) fn decode<T: DeserializeOwned>(message: &[u8]) -> postcard::Result<T> {
    postcard::from_bytes(message)
}
