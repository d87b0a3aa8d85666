//! `--svg`, `--html`, `--mermaid`, `--perfetto` and `--lattice`: what was run, as pictures in files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches};
use interleave::explore::Interleaving;
use interleave::trace::Pid;
use interleave_claims::notes::claims::Claims;
use interleave_pictures::{Lattice, Picture, html};

use crate::Refusal;
use crate::survey::Survey;
use crate::target::Target;

/// So many interleavings are kept as neighbours of one that is shown.
const NEIGHBOURS: usize = 2000;

/// The arguments that name the files, for a verb that shows one run.
pub fn arguments() -> Vec<Arg> {
    vec![
        file("svg")
            .help("Draw the run as a space-time diagram: the first that fails, beside the nearest that does not"),
        file("html").help("Write a page with the diagrams of all runs that are shown; it needs no network"),
        file("mermaid").help("Write the run as a sequence diagram for Markdown"),
        file("perfetto").help("Write the run as a trace for https://ui.perfetto.dev"),
    ]
}

/// The same for a verb that runs every order.
pub fn arguments_of_all() -> Vec<Arg> {
    let mut arguments = arguments();
    arguments.push(file("lattice").help("Draw all orders as one graph: its states, and who may go next in each"));
    arguments
}

fn file(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").value_parser(clap::value_parser!(PathBuf))
}

/// The pictures that are wanted, and what has been seen for them.
pub struct Pictures<'a> {
    arguments: &'a ArgMatches,
    /// The runs that are shown, and whether they fail.
    runs: Vec<(Picture, bool)>,
    /// All others that may be the nearest to one that is shown.
    seen: Vec<(Picture, bool)>,
    lattice: Lattice,
}

impl<'a> Pictures<'a> {
    /// Reads the arguments made by [`arguments`] or [`arguments_of_all`].
    ///
    /// # Errors
    /// If a file is to lie where no folder is: better now than after a long exploration.
    pub fn read(arguments: &'a ArgMatches) -> Result<Pictures<'a>, Refusal> {
        for name in ["svg", "html", "mermaid", "perfetto", "lattice"] {
            let Some(path) = wanted(arguments, name) else { continue };
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                return Err(Refusal(format!("--{name}: there is no folder {}", folder.display())));
            }
        }
        Ok(Pictures { arguments, runs: Vec::new(), seen: Vec::new(), lattice: Lattice::new() })
    }

    /// Takes in an interleaving, shown or not; `fails` says whether it fails.
    pub fn see(&mut self, claims: Option<&Claims>, interleaving: &Interleaving, fails: bool) {
        let wants = |name| wanted(self.arguments, name).is_some();
        let as_neighbour = (wants("svg") || wants("html")) && self.seen.len() < NEIGHBOURS;
        if !as_neighbour && !wants("lattice") {
            return;
        }
        let picture = picture(claims, interleaving);
        if wants("lattice") {
            self.lattice.add(&picture);
        }
        if as_neighbour {
            self.seen.push((picture, fails));
        }
    }

    /// Takes in a run of `target` that is shown; `failure` says why it fails.
    pub fn show(
        &mut self,
        claims: Option<&Claims>,
        interleaving: &Interleaving,
        target: &Target,
        failure: Option<&str>,
    ) {
        let mut picture = picture(claims, interleaving);
        // A deadlock, or an exit code, is told by the ending already.
        picture.caption = failure.filter(|why| !why.starts_with(&picture.ending)).map(str::to_owned);
        picture.replay = interleaving.schedule.as_ref().map(|schedule| target.replay(schedule));
        self.runs.push((picture, failure.is_some()));
    }

    /// Writes the files; `survey` is the exploration that it all comes from, if it was one.
    ///
    /// # Errors
    /// If one cannot be written, or the lattice is too large to be drawn.
    pub fn write(mut self, survey: Option<&Survey>) -> Result<(), Refusal> {
        let main = self.runs.iter().position(|(_, fails)| *fails).unwrap_or(0);
        if let Some((single, _)) = self.runs.get(main) {
            self.save("svg", || self.with_nearest(main, true).svg())?;
            self.save("html", || html(&self.page()))?;
            self.save("mermaid", || single.mermaid())?;
            self.save("perfetto", || single.perfetto())?;
        }
        if wanted(self.arguments, "lattice").is_some() {
            if let Some(limit) = survey.and_then(Survey::limit) {
                self.lattice.note(&format!("not all ({limit})"));
            }
            for but in survey.map(Survey::but).unwrap_or_default() {
                self.lattice.note(&format!("but {but}"));
            }
            let svg = self.lattice.svg().map_err(|why| Refusal(format!("--lattice: {why}")))?;
            self.save("lattice", || svg)?;
        }
        Ok(())
    }

    /// All runs that are shown; beside each that fails, the nearest that does not.
    fn page(&self) -> Vec<Picture> {
        (0..self.runs.len()).map(|number| self.with_nearest(number, self.runs[number].1)).collect()
    }

    /// A run, and if wanted, beside it the nearest of those that do not fail if it does, or do if it does not; or else of all.
    fn with_nearest(&self, number: usize, wanted: bool) -> Picture {
        let (mut picture, fails) = self.runs[number].clone();
        if !wanted {
            return picture;
        }
        // Of those that are as near, one that is shown comes first: it has a schedule.
        let others = || self.runs.iter().chain(&self.seen).filter(|(other, _)| other.moments != picture.moments);
        let unlike = picture.nearest(others().filter(|(_, other)| *other != fails).map(|(picture, _)| picture));
        let nearest = unlike.or_else(|| picture.nearest(others().map(|(picture, _)| picture)));
        if let Some(nearest) = nearest.cloned() {
            picture.set_beside(nearest);
        }
        picture
    }

    fn save(&self, name: &str, draw: impl FnOnce() -> String) -> Result<(), Refusal> {
        let Some(path) = wanted(self.arguments, name) else { return Ok(()) };
        fs::write(path, draw()).map_err(|error| Refusal(format!("--{name}: cannot write {}: {error}", path.display())))
    }
}

/// The file of this name, if the verb has such an argument and it was given.
fn wanted<'a>(arguments: &'a ArgMatches, name: &str) -> Option<&'a Path> {
    arguments.try_get_one::<PathBuf>(name).ok().flatten().map(PathBuf::as_path)
}

fn picture(claims: Option<&Claims>, interleaving: &Interleaving) -> Picture {
    let roles: HashMap<Pid, String> = claims.map_or_else(HashMap::new, |claims| {
        let roles = claims.roles_of(&interleaving.processes, &interleaving.trace);
        roles.into_iter().map(|(pid, role)| (pid, claims.roles[role].name.clone())).collect()
    });
    Picture::of(interleaving, &roles)
}
