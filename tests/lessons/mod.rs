//! The lessons' programs, from outside, in real time: most of these tests wait most of the time.

pub mod running;

mod coroutine;
mod hybrid;
mod isolation;
mod ordering;
mod parallel;
mod pipe;
mod pool;
mod queue;
mod single_task;
mod spawn;
mod thread;
mod time_slice;
