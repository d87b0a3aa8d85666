//! A task as bytes: the addresses of the code that runs it, and its encoded argument.

use std::fs;
use std::io;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{Decoder, encode};
use super::error::TaskError;
use crate::explain::explain;
use crate::process::Mapping;

/// Decodes arguments, calls the function at this address, and appends what it returned, encoded. An error says what
/// cannot be encoded or decoded.
pub(super) type Runner = fn(usize, &[u8], &mut Vec<u8>) -> Result<(), String>;

/// A function and the code that knows its type. A fork keeps the address space as it was, so in a worker these addresses
/// are the same code as in the pool's owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    runner: Runner,
    /// The address of a function of the type that the runner was made for.
    function: usize,
}

impl Code {
    pub(super) fn addresses(self) -> (usize, usize) {
        (self.runner as usize, self.function)
    }

    /// # Safety
    ///
    /// Both are what [`addresses`](Self::addresses) gave for one `Code`, in this process or one whose copy of a copy it is.
    pub(super) unsafe fn from_addresses(runner: usize, function: usize) -> Code {
        // SAFETY: the address of a Runner, as the caller says.
        let runner = unsafe { std::mem::transmute::<usize, Runner>(runner) };
        Code { runner, function }
    }

    pub(super) fn run(self, argument: &[u8], result: &mut Vec<u8>) -> Result<(), String> {
        (self.runner)(self.function, argument, result)
    }
}

/// Where there is code in this process, and in those that are forked now. What is loaded later (`dlopen(3)`) its owner may call, but
/// a worker would jump to where it has nothing, or something else.
#[derive(Debug)]
pub(super) struct Loaded(Vec<Range<usize>>);

impl Loaded {
    pub(super) fn now() -> io::Result<Loaded> {
        const MAPPINGS: &str = "/proc/self/maps";
        let mappings = fs::read(MAPPINGS)
            .map_err(|e| explain(e, format_args!("could not see in {MAPPINGS} where this process has code")))?;
        let mut found: Vec<_> = String::from_utf8_lossy(&mappings).lines().filter_map(executable).collect();
        // Most functions are where this one is.
        let here = Loaded::now as fn() -> _ as usize;
        found.sort_by_key(|range| !range.contains(&here));
        Ok(Loaded(found))
    }

    #[inline]
    pub(super) fn must_have(&self, code: Code) -> Result<(), TaskError> {
        let (runner, function) = code.addresses();
        let has = |address| self.0.iter().any(|range| range.contains(&address));
        if has(runner) && has(function) { Ok(()) } else { Err(loaded_later()) }
    }
}

#[cold]
fn loaded_later() -> TaskError {
    let why = "the function was loaded (dlopen(3)) after the pool was made, so the workers do not have it: make the pool afterwards";
    TaskError::Encoding(why.to_owned())
}

/// Where the memory of this line of maps is, if it holds code.
fn executable(line: &str) -> Option<Range<usize>> {
    Mapping::of(line).filter(|mapping| mapping.rights[2] == b'x')?.range()
}

/// How a task is to be run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) code: Code,
    pub(super) time_limit: Option<Duration>,
}

impl Call {
    /// In nanoseconds; 0: as long as it likes.
    pub(super) fn nanoseconds(self) -> u64 {
        let longest = i64::MAX.unsigned_abs();
        self.time_limit.map_or(0, |limit| u64::try_from(limit.as_nanos()).unwrap_or(longest).clamp(1, longest))
    }
}

/// Runs `function` on one argument.
///
/// A function pointer, not a type with a value that could be made up again in the worker: a closure of size zero may have
/// captured a proof (that a lock is held, that an interpreter is ready) that holds only where it was captured.
pub(super) fn one<A, R>(function: fn(A) -> R) -> Code
where
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    let runner: Runner = |function, argument, result| {
        // SAFETY: the address of a function of this type: see `Code::function`.
        let function = unsafe { std::mem::transmute::<usize, fn(A) -> R>(function) };
        encode(&function(Decoder::new(argument).only("argument")?), result, "result")
    };
    Code { runner, function: function as usize }
}

/// Runs `function` on every argument of a chunk, one after the other.
pub(super) fn many<A, R>(function: fn(A) -> R) -> Code
where
    A: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    let runner: Runner = |function, chunk, results| {
        // SAFETY: as in `one`.
        let function = unsafe { std::mem::transmute::<usize, fn(A) -> R>(function) };
        run_chunk(chunk, results, function)
    };
    Code { runner, function: function as usize }
}

/// As [`many`], but an argument is a pair, whose parts the function takes one by one.
pub(super) fn many_pairs<A, B, R>(function: fn(A, B) -> R) -> Code
where
    A: Serialize + DeserializeOwned,
    B: Serialize + DeserializeOwned,
    R: Serialize + DeserializeOwned,
{
    let runner: Runner = |function, chunk, results| {
        // SAFETY: as in `one`.
        let function = unsafe { std::mem::transmute::<usize, fn(A, B) -> R>(function) };
        run_chunk(chunk, results, |(a, b)| function(a, b))
    };
    Code { runner, function: function as usize }
}

#[inline]
fn run_chunk<A, R>(chunk: &[u8], results: &mut Vec<u8>, function: impl Fn(A) -> R) -> Result<(), String>
where
    A: Serialize + DeserializeOwned,
    R: Serialize,
{
    let Some((count, arguments)) = chunk.split_first_chunk() else { return Ok(()) };
    let mut arguments = Decoder::new(arguments);
    for _ in 0..u64::from_le_bytes(*count) {
        encode(&function(arguments.next("argument")?), results, "result")?;
    }
    arguments.end::<A>("argument")
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
