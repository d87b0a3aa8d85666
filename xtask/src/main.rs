//! `cargo xtask`: see [`xtask`].

fn main() {}
