//! What the kernel offers to hold a program and to look at it. Thin; unsafe code lives here.

pub mod arch;
pub mod entry;
pub mod filter;
pub mod instruction;
pub mod operand;
pub mod proc;
pub mod sharing;
pub mod signals;
pub mod stopped;
pub mod symbols;
pub mod sys;
pub mod userfault;
