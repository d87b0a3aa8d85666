//! Pictures of a run of a program of several processes.
//!
//! A [`Picture`] is the model: lanes (processes), moments (what they do, in order), arrows (fork, wait, bytes, …), and
//! beside it, if wanted, a second run and where the two part. Every writer draws from it:
//!
//! - [`Picture::svg`]: a space-time diagram in Lamport's manner, a column a process, time downwards;
//! - [`html()`]: one file for a browser, with the diagrams, what happens in words, and how to see each run again;
//! - [`Picture::mermaid`]: a sequence diagram for a README;
//! - [`Picture::perfetto`]: a trace for <https://ui.perfetto.dev>.
//!
//! A [`Lattice`] is made from the pictures of all orders of a program: its states, and who may go next in each.
//!
//! ```
//! use interleave_pictures::{ArrowKind, Kind, Picture};
//!
//! let mut picture = Picture::new("greeting");
//! let parent = picture.lane("a", Some("parent"));
//! let child = picture.lane("b", Some("child"));
//! let fork = picture.moment(parent, Kind::Fork, "starts b");
//! let begin = picture.moment(child, Kind::Begin, "begins");
//! picture.arrow(ArrowKind::Fork, fork, begin);
//! picture.moment(child, Kind::Line, "hello");
//! assert!(picture.svg().contains("hello"));
//! ```

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod html;
mod lattice;
mod lattice_svg;
mod layout;
mod mermaid;
mod perfetto;
mod picture;
mod run;
mod speech;
mod steps;
mod svg;
mod words;

pub use html::html;
pub use lattice::{Lattice, TooLarge};
pub use picture::{Arrow, ArrowKind, Kind, Lane, Moment, Picture};
pub use speech::{Speech, speak};
