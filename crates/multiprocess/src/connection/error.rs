//! What can go wrong with one value.

use std::error::Error;
use std::fmt;
use std::io;

/// Why a value was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// Every copy of the other end is closed: nobody can receive any more.
    Closed,
    /// The value's `Serialize` failed, or does something that postcard does not support. Nothing was sent.
    Encode(Box<dyn Error + Send + Sync>),
    /// The system refused something that it never should. The value may have been sent in part: close the connection.
    System(io::Error),
}

impl SendError {
    pub(super) fn encode(error: postcard::Error) -> SendError {
        SendError::Encode(error.into())
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::Closed => write!(f, "cannot send: the other end of the connection is closed"),
            SendError::Encode(_) => write!(f, "the value cannot be encoded"),
            SendError::System(_) => write!(f, "cannot send through the connection"),
        }
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            SendError::Closed => None,
            SendError::Encode(error) => Some(error.as_ref()),
            SendError::System(error) => Some(error),
        }
    }
}

/// Why no value was received.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecvError {
    /// End of file: all that was sent has been received, and every copy of the other end is closed.
    Closed,
    /// The value's `Deserialize` failed, or does something that postcard does not support. The value is gone.
    Decode(Box<dyn Error + Send + Sync>),
    /// The other end was closed in the middle of a value ([`io::ErrorKind::UnexpectedEof`]), what came is no message
    /// ([`io::ErrorKind::InvalidData`]), or the system refused something that it never should. Close the connection.
    System(io::Error),
}

impl RecvError {
    pub(super) fn decode(error: postcard::Error) -> RecvError {
        RecvError::Decode(error.into())
    }
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecvError::Closed => write!(f, "nothing is left to receive: the other end of the connection is closed"),
            RecvError::Decode(_) => write!(f, "a value that was received cannot be decoded"),
            RecvError::System(_) => write!(f, "cannot receive from the connection"),
        }
    }
}

impl Error for RecvError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            RecvError::Closed => None,
            RecvError::Decode(error) => Some(error.as_ref()),
            RecvError::System(error) => Some(error),
        }
    }
}
