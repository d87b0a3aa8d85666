//! What stands for `pictures.rs` where the feature `pictures` is off: no arguments, and nothing is drawn.

use clap::{Arg, ArgMatches};
use interleave::explore::Interleaving;
use interleave_claims::notes::claims::Claims;

use crate::Refusal;
use crate::survey::Survey;
use crate::target::Target;

pub fn arguments() -> Vec<Arg> {
    Vec::new()
}

pub fn arguments_of_all() -> Vec<Arg> {
    Vec::new()
}

pub struct Pictures;

impl Pictures {
    pub fn read(_: &ArgMatches) -> Result<Pictures, Refusal> {
        Ok(Pictures)
    }

    pub fn see(&mut self, _: Option<&Claims>, _: &Interleaving, _: bool) {}

    pub fn show(&mut self, _: Option<&Claims>, _: &Interleaving, _: &Target, _: Option<&str>) {}

    pub fn write(self, _: Option<&Survey>) -> Result<(), Refusal> {
        Ok(())
    }
}
