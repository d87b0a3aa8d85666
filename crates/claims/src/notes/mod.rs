//! The notes: what the lessons' READMEs claim, and the transcripts that they show.

mod blocks;
pub mod claims;
mod job;
mod lesson;
pub mod markdown;
pub mod pattern;
pub mod read;
#[cfg(test)]
mod tests;
mod transcript;

pub use lesson::{Course, Lesson, Program};
