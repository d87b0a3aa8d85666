//! What processes that share memory need to pass bytes to each other: an anonymous mapping that forks inherit
//! ([`mapping`]), a lock that survives the death of its holder ([`lock`]), a way to sleep until a word changes
//! ([`futex`]), how long to wait ([`wait`]), and, made of these, a ring of length-prefixed records ([`ring`]).

pub(crate) mod bell;
mod cursor;
pub(crate) mod fork_guard;
pub(crate) mod futex;
pub(crate) mod lock;
pub(crate) mod mapping;
pub(crate) mod ring;
pub(crate) mod wait;
