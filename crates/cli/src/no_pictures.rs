//! What stands for `pictures.rs` where the feature `pictures` is off: no arguments, and nothing is drawn.

use clap::{Arg, ArgMatches};
#[cfg(feature = "grade")]
use interleave::explore::Runner;
use interleave::explore::{Interleaving, Job};
#[cfg(feature = "grade")]
use interleave_claims::check::Broken;
use interleave_claims::notes::claims::Claims;
use interleave_claims::report::Report;

use crate::Refusal;
use crate::expectation::Expectation;
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

pub fn arguments_of_traces() -> Vec<Arg> {
    Vec::new()
}

pub fn of_traces(_: &ArgMatches, _: &[Report]) -> Result<(), Refusal> {
    Ok(())
}

#[cfg(feature = "grade")]
pub fn of_broken(_: &Claims, _: &str, _: &Broken, _: Option<&Interleaving>, _: &mut Runner) -> Option<String> {
    None
}

pub fn speak() {}

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

    pub fn want_all(&self) -> bool {
        false
    }

    pub fn see(&mut self, _: Option<&Claims>, _: &Interleaving, _: bool) {}

    pub fn show(&mut self, _: Option<&Claims>, _: &Interleaving, _: &Target, _: Option<&str>) {}

    pub fn write(self, _: Option<&Claims>, _: &Job, _: Option<&Survey>, _: &Expectation) -> Result<(), Refusal> {
        Ok(())
    }
}
