//! Which schedules to run.

pub mod happens_before;
pub mod linearizations;
mod reaps;
pub mod schedule;
mod states;
mod texts;
pub mod tree;
