//! Holds the tasks of a program at their system calls, and lets one go at a time: `quiescence` waits until nobody runs,
//! `enabled` says who could go on, `run` chooses, and `perform` lets that one go.

pub mod accesses;
pub mod births;
pub mod describe;
pub mod enabled;
mod ends;
pub mod fork;
pub mod limits;
mod locking;
mod looks;
mod memory;
mod output;
pub mod perform;
pub mod quiescence;
mod reaping;
pub mod run;
pub mod serve;
pub mod sharing;
pub mod signals;
mod state;
pub mod tell;
pub mod telling;
mod thread_locks;
mod thread_words;
pub mod turning;
mod waits;
