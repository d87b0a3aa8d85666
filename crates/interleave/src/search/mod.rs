//! Which schedules to run.

pub mod happens_before;
pub mod linearizations;
mod reaps;
pub mod schedule;
mod states;
pub mod tree;
