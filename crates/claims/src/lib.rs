//! Claims about programs of several processes: read from notes in Markdown, judged on [traces](interleave::trace), and
//! reported.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

pub mod check;
pub mod notes;
pub mod quests;
pub mod report;
pub mod words;
