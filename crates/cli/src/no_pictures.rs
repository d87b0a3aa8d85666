//! What stands for `pictures.rs` where the feature `pictures` is off: no arguments, and nothing is drawn.

use clap::{Arg, ArgMatches};
use interleave::explore::{Interleaving, Job};
use interleave_claims::notes::claims::Claims;
use interleave_claims::report::Report;

use crate::Refusal;
use crate::survey::Survey;
use crate::target::Target;

pub fn arguments() -> Vec<Arg> {
    Vec::new()
}

pub fn arguments_of_all() -> Vec<Arg> {
    Vec::new()
}

pub fn arguments_of_verdicts() -> Vec<Arg> {
    Vec::new()
}

pub struct Verdicts;

impl Verdicts {
    pub fn read(_: &ArgMatches) -> Result<Verdicts, Refusal> {
        Ok(Verdicts)
    }

    pub fn see(&mut self, _: &Job, _: &Report) {}

    pub fn write(self) -> Result<(), Refusal> {
        Ok(())
    }
}

pub struct Pictures;

impl Pictures {
    pub fn read(_: &ArgMatches) -> Result<Pictures, Refusal> {
        Ok(Pictures)
    }

    pub fn see(&mut self, _: Option<&Claims>, _: &Interleaving, _: bool) {}

    pub fn show(&mut self, _: Option<&Claims>, _: &Interleaving, _: &Target, _: Option<&str>) {}

    pub fn write(self, _: Option<&Claims>, _: &Job, _: Option<&Survey>) -> Result<(), Refusal> {
        Ok(())
    }
}
