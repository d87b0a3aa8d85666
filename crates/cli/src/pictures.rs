//! `--svg`, `--html`, `--mermaid`, `--perfetto` and `--lattice`: what was run, as pictures in files.

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches};
use interleave::explore::{Interleaving, Job, Prepared, Runner, Schedule, TaskId, explore, task_name};
use interleave::trace::{Pid, Trace};
use interleave_claims::check::{self, Broken, Verdict};
use interleave_claims::notes::claims::Claims;
use interleave_claims::report::Report;
use interleave_claims::say;
use interleave_claims::words::{self, told};
use interleave_pictures::{Lattice, Picture, Speech, html};

use crate::expectation::Expectation;
use crate::survey::Survey;
use crate::target::Target;
use crate::{Refusal, screen};

/// So many interleavings are kept as neighbours of one that is shown.
const NEIGHBOURS: usize = 2000;

/// So many other turns of a run that fails are tried, and of so many runs.
const MOST_TURNS: usize = 200;
const MOST_TURNED: usize = 20;

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

/// The same for a verb that judges claims.
pub fn arguments_of_verdicts() -> [Arg; 2] {
    [
        file("svg").help("Draw the shortest run that breaks a claim, beside the nearest that does not"),
        file("html").help("Write a page with such a diagram of each claim that is broken; it needs no network"),
    ]
}

/// The same for a verb that judges traces.
pub fn arguments_of_traces() -> [Arg; 2] {
    [
        file("svg").help("Draw the first trace that breaks a claim, or else the first"),
        file("html").help("Write a page with a diagram of each trace; it needs no network"),
    ]
}

/// Draws the traces that these reports are about.
///
/// # Errors
/// If a file cannot be written.
pub fn of_traces(arguments: &ArgMatches, reports: &[Report]) -> Result<(), Refusal> {
    have_folders(arguments)?;
    if wanted(arguments, "svg").is_none() && wanted(arguments, "html").is_none() {
        return Ok(());
    }
    let traces = reports.iter().flat_map(|report| report.live.iter().map(|trace| (report.claims, trace)));
    let pictures: Vec<Picture> = traces
        .map(|(claims, trace)| {
            let broken = check::broken_by(claims, trace);
            let caption = broken.first().map(|says| say!("broken: “{}”", told(says)).told());
            Picture { caption, ..of_trace(claims, trace) }
        })
        .collect();
    let first = pictures.iter().find(|picture| picture.caption.is_some()).or(pictures.first());
    if let Some(first) = first {
        save(arguments, "svg", || first.svg())?;
        save(arguments, "html", || html(&pictures))?;
    }
    Ok(())
}

fn file(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").value_parser(clap::value_parser!(PathBuf))
}

/// The pictures that are wanted, and what has been seen for them.
pub struct Pictures<'a> {
    arguments: &'a ArgMatches,
    /// The runs that are shown.
    runs: Vec<Drawn>,
    /// All others that may be the nearest to one that is shown.
    seen: Vec<Drawn>,
    lattice: Lattice,
}

/// A run.
struct Drawn {
    /// What is seen of it from outside.
    picture: Picture,
    /// Whether it fails.
    fails: bool,
    /// Who takes each step, and whether to begin to wait is one: by these it is run again, and told in full.
    steps: Vec<TaskId>,
    prepared: Prepared,
}

impl Drawn {
    fn of(claims: Option<&Claims>, interleaving: &Interleaving, fails: bool) -> Drawn {
        let picture = Picture::of(interleaving, &roles(claims, interleaving));
        Drawn { picture, fails, steps: interleaving.steps().to_vec(), prepared: interleaving.prepared_for() }
    }

    /// The run with all that is not seen from outside: it is run once more. If it does not come out the same, what is known.
    fn told(&self, claims: Option<&Claims>, runner: &mut Runner) -> Picture {
        let known = self.picture.clone();
        let Ok(position) = runner.position(&self.steps, self.prepared, true) else { return known };
        let told = Picture::of_steps(&position, &roles(claims, &position.interleaving));
        let seen = |picture: &Picture| -> Vec<(usize, String)> {
            let seen = picture.moments.iter().filter(|moment| moment.kind.is_seen());
            seen.map(|moment| (moment.lane, moment.text.clone())).collect()
        };
        if seen(&told) != seen(&known) {
            return known;
        }
        let Picture { caption, replay, schedule, .. } = known;
        Picture { caption, replay, schedule, ..told }
    }

    /// A run that goes together with this one, which fails, for as long as can be, and then does not `fail`: it is run with another
    /// going on in place of who takes the last step, then in place of who takes the one before that, and so on.
    fn turned(
        &self,
        claims: Option<&Claims>,
        runner: &mut Runner,
        fails: impl Fn(&Interleaving) -> bool,
    ) -> Option<Drawn> {
        let run = runner.position(&self.steps, self.prepared, true).ok()?;
        let turns = run.steps.iter().enumerate().rev().flat_map(|(number, step)| {
            step.could.iter().filter(|&&other| other != step.task).map(move |&other| (number, other))
        });
        turns.take(MOST_TURNS).find_map(|(number, other)| {
            let steps: Vec<TaskId> = self.steps[..number].iter().copied().chain([other]).collect();
            let turned = runner.position(&steps, self.prepared, true).ok()?.interleaving;
            (!fails(&turned)).then(|| Drawn::of(claims, &turned, false))
        })
    }
}

impl<'a> Pictures<'a> {
    /// Reads the arguments made by [`arguments`] or [`arguments_of_all`].
    ///
    /// # Errors
    /// If a file is to lie where no folder is: better now than after a long exploration.
    pub fn read(arguments: &'a ArgMatches) -> Result<Pictures<'a>, Refusal> {
        have_folders(arguments)?;
        Ok(Pictures { arguments, runs: Vec::new(), seen: Vec::new(), lattice: Lattice::new() })
    }

    /// Whether every interleaving belongs into one of them.
    pub fn want_all(&self) -> bool {
        wanted(self.arguments, "lattice").is_some()
    }

    /// Takes in an interleaving, shown or not; `fails` says whether it fails.
    pub fn see(&mut self, claims: Option<&Claims>, interleaving: &Interleaving, fails: bool) {
        let wants = |name| wanted(self.arguments, name).is_some();
        let as_neighbour = (wants("svg") || wants("html")) && self.seen.len() < NEIGHBOURS;
        if !as_neighbour && !wants("lattice") {
            return;
        }
        let drawn = Drawn::of(claims, interleaving, fails);
        if wants("lattice") {
            self.lattice.add(&drawn.picture);
        }
        if as_neighbour {
            self.seen.push(drawn);
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
        let mut drawn = Drawn::of(claims, interleaving, failure.is_some());
        let picture = &mut drawn.picture;
        // A deadlock, or an exit code, is told by the ending already.
        picture.caption = failure.filter(|why| !why.starts_with(&picture.ending)).map(str::to_owned);
        picture.replay = interleaving.schedule.as_ref().map(|schedule| target.replay(schedule));
        self.runs.push(drawn);
    }

    /// Writes the files; `survey` is the exploration that it all comes from, if it was one, `job` what was run, and `expectation`
    /// says what fails.
    ///
    /// # Errors
    /// If one cannot be written, or the lattice is too large to be drawn.
    pub fn write(
        mut self,
        claims: Option<&Claims>,
        job: &Job,
        survey: Option<&Survey>,
        expectation: &Expectation,
    ) -> Result<(), Refusal> {
        let runner = &mut Runner::new(job);
        let main = self.runs.iter().position(|run| run.fails).unwrap_or(0);
        if let Some(single) = self.runs.get(main) {
            let beside = |number: usize, runner: &mut Runner| match survey {
                // It is shown alone.
                None => self.runs[number].told(claims, runner),
                Some(_) => self.with_nearest(number, claims, runner, expectation),
            };
            self.save("svg", || beside(main, runner).svg())?;
            self.save("html", || {
                let runs: Vec<Picture> = (0..self.runs.len())
                    .map(|number| match &self.runs[number] {
                        run if run.fails => beside(number, runner),
                        run => run.told(claims, runner),
                    })
                    .collect();
                html(&runs)
            })?;
            self.save("mermaid", || single.told(claims, runner).mermaid())?;
            self.save("perfetto", || single.told(claims, runner).perfetto())?;
        }
        if wanted(self.arguments, "lattice").is_some() {
            if let Some(limit) = survey.and_then(Survey::limit) {
                self.lattice.note(&say!("not all ({})", limit).told());
            }
            for but in survey.map(Survey::but).unwrap_or_default() {
                self.lattice.note(&say!("but {}", but).told());
            }
            let svg = self.lattice.svg().map_err(|why| Refusal(format!("--lattice: {why}")))?;
            self.save("lattice", || svg)?;
        }
        Ok(())
    }

    /// A run, and beside it the nearest of those that do not fail if it does, or do if it does not; or else of all.
    fn with_nearest(
        &self,
        number: usize,
        claims: Option<&Claims>,
        runner: &mut Runner,
        expectation: &Expectation,
    ) -> Picture {
        let run = &self.runs[number];
        let mut picture = run.told(claims, runner);
        // Of those that are as near, one that is shown comes first: it has a schedule.
        let others: Vec<&Drawn> = self.runs.iter().chain(&self.seen).collect();
        let unlike = others.iter().copied().filter(|other| other.fails != run.fails);
        let known = nearest(run, unlike).or_else(|| nearest(run, others.iter().copied()));
        let fails = |other: &Interleaving| expectation.failure(other).is_some();
        let before = self.runs[..number].iter().filter(|run| run.fails).count();
        // If all that was found fails, there is nothing to be looked for.
        let is_worth_it = run.fails && before < MOST_TURNED && others.iter().any(|other| !other.fails);
        let turned = if is_worth_it { run.turned(claims, runner, fails) } else { None };
        set_beside(&mut picture, known, turned.as_ref(), claims, runner);
        picture
    }

    fn save(&self, name: &str, draw: impl FnOnce() -> String) -> Result<(), Refusal> {
        save(self.arguments, name, draw)
    }
}

/// The pictures of claims that are broken.
pub struct Verdicts<'a> {
    arguments: &'a ArgMatches,
    pictures: Vec<Picture>,
}

impl<'a> Verdicts<'a> {
    /// Reads the arguments made by [`arguments_of_verdicts`].
    ///
    /// # Errors
    /// If a file is to lie where no folder is.
    pub fn read(arguments: &'a ArgMatches) -> Result<Verdicts<'a>, Refusal> {
        have_folders(arguments)?;
        Ok(Verdicts { arguments, pictures: Vec::new() })
    }

    /// Draws what breaks the claims of a program that was judged; `job` is how it is run. Claims that are broken in one run are
    /// shown together. Blocks until the neighbours of these runs are found.
    pub fn see(&mut self, job: &Job, report: &Report) {
        if wanted(self.arguments, "svg").is_none() && wanted(self.arguments, "html").is_none() {
            return;
        }
        let claims = report.claims;
        let mut runs: Vec<(Vec<&str>, &Broken)> = Vec::new();
        for judged in &report.judged {
            let Verdict::Broken(broken) = &judged.verdict else { continue };
            match runs.iter_mut().find(|(_, known)| is_same_run(known, broken)) {
                Some((says, _)) => says.push(&judged.says),
                None => runs.push((vec![&judged.says], broken)),
            }
        }
        if runs.is_empty() {
            return;
        }
        let neighbours = neighbours(job, claims);
        let mut runner = Runner::new(job);
        for (says, broken) in runs {
            let caption = caption(&says, broken);
            let schedule = broken.explored.as_ref().and_then(|explored| explored.schedule.as_ref());
            let found = schedule
                .and_then(|schedule| schedule.parse::<Schedule>().ok())
                .and_then(|schedule| runner.replay(&schedule).ok());
            let picture = match found {
                Some(run) => {
                    let run = Drawn::of(Some(claims), &run, true);
                    let mut picture = run.told(Some(claims), &mut runner);
                    let holds = |(_, breaks): &&(Drawn, Vec<&str>)| !says.iter().any(|says| breaks.contains(says));
                    let others = neighbours.iter().filter(holds).map(|(other, _)| other);
                    let breaks = |other: &Interleaving| {
                        let broken = check::broken_by(claims, &other.trace);
                        says.iter().any(|says| broken.contains(says))
                    };
                    let turned = run.turned(Some(claims), &mut runner, breaks);
                    set_beside(&mut picture, nearest(&run, others), turned.as_ref(), Some(claims), &mut runner);
                    let schedule = schedule.map(|schedule| format!("{} {schedule}{}", report.replay, report.program));
                    Picture { replay: schedule, ..picture }
                }
                // It was seen in real time only.
                None => of_trace(claims, &broken.trace),
            };
            self.pictures.push(Picture { caption: Some(caption), ..picture });
        }
    }

    /// Writes the files.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn write(self) -> Result<(), Refusal> {
        let Some(first) = self.pictures.first() else {
            for (name, path) in
                ["svg", "html"].into_iter().filter_map(|name| Some((name, wanted(self.arguments, name)?)))
            {
                let path = path.display().to_string();
                screen::complain(&say!("--{}: no claim is broken, so {} is not written", name, path).told());
            }
            return Ok(());
        };
        save(self.arguments, "svg", || first.svg())?;
        save(self.arguments, "html", || html(&self.pictures))
    }
}

/// The run that breaks a claim as an SVG file by itself: `run` if it was explored, or else the one that was recorded.
#[cfg(feature = "grade")]
pub fn of_broken(
    claims: &Claims,
    says: &str,
    broken: &Broken,
    run: Option<&Interleaving>,
    runner: &mut Runner,
) -> Option<String> {
    let picture = match run {
        Some(run) => Drawn::of(Some(claims), run, true).told(Some(claims), runner),
        None => of_trace(claims, &broken.trace),
    };
    Some(Picture { caption: Some(caption(&[says], broken)), ..picture }.svg())
}

/// Whether two claims are broken by one run.
fn is_same_run(one: &Broken, other: &Broken) -> bool {
    let schedule = |broken: &Broken| broken.explored.as_ref().and_then(|explored| explored.schedule.clone());
    match (schedule(one), schedule(other)) {
        (None, None) => one.trace == other.trace,
        (one, other) => one == other,
    }
}

fn caption(says: &[&str], broken: &Broken) -> String {
    let first = say!("broken: “{}” ({})", told(says.first().copied().unwrap_or_default()), &broken.contradiction.why);
    let all = match says.len() {
        0 | 1 => first,
        2 => say!("{}, and another claim", first),
        all => say!("{}, and {} more claims", first, all - 1),
    };
    all.told()
}

/// Runs of a program, each with the words of the claims that it breaks; none if it cannot be explored.
fn neighbours<'a>(job: &Job, claims: &'a Claims) -> Vec<(Drawn, Vec<&'a str>)> {
    let mut found = Vec::new();
    // Why it cannot be explored was told already.
    let _ = explore(job, |interleaving| {
        let breaks = check::broken_by(claims, &interleaving.trace);
        found.push((Drawn::of(Some(claims), &interleaving, !breaks.is_empty()), breaks));
        if found.len() < NEIGHBOURS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    found
}

/// The picture of a run in real time.
fn of_trace(claims: &Claims, trace: &Trace) -> Picture {
    let mut processes: Vec<Pid> = Vec::new();
    for event in &trace.events {
        if !processes.contains(&event.pid) {
            processes.push(event.pid);
        }
    }
    let roles = claims.roles_of(&processes, trace);
    let roles = roles.into_iter().map(|(pid, role)| (pid, claims.roles[role].name.clone())).collect();
    let name = |pid: Pid| {
        let number = processes.iter().position(|&known| known == pid);
        number.map_or_else(|| pid.to_string(), |number| task_name(number as TaskId))
    };
    Picture::of_trace(trace, &processes, &[], &[], name, &roles)
}

/// Whether each file can lie where it is to.
fn have_folders(arguments: &ArgMatches) -> Result<(), Refusal> {
    for name in ["svg", "html", "mermaid", "perfetto", "lattice"] {
        let Some(path) = wanted(arguments, name) else { continue };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(say!("--{}: there is no folder {}", name, folder.display().to_string()).into());
        }
        if path.is_dir() {
            return Err(say!("--{}: {} is a folder; give the name of a file", name, path.display().to_string()).into());
        }
    }
    Ok(())
}

/// Writes a file, if it is wanted.
fn save(arguments: &ArgMatches, name: &str, draw: impl FnOnce() -> String) -> Result<(), Refusal> {
    let Some(path) = wanted(arguments, name) else { return Ok(()) };
    fs::write(path, draw())
        .map_err(|error| say!("--{}: cannot write {}: {}", name, path.display().to_string(), &error).into())
}

/// The file of this name, if the verb has such an argument and it was given.
fn wanted<'a>(arguments: &'a ArgMatches, name: &str) -> Option<&'a Path> {
    arguments.try_get_one::<PathBuf>(name).ok().flatten().map(PathBuf::as_path)
}

/// The one of these that goes longest together with a run, and is not the same.
fn nearest<'a>(run: &Drawn, others: impl Iterator<Item = &'a Drawn>) -> Option<&'a Drawn> {
    let others: Vec<&Drawn> = others.filter(|other| other.picture.moments != run.picture.moments).collect();
    let nearest = run.picture.nearest(others.iter().map(|other| &other.picture))?;
    others.into_iter().find(|other| std::ptr::eq(&other.picture, nearest))
}

/// Shows beside a run the one of two others that goes longer together with it, with what is not seen from outside.
fn set_beside(
    picture: &mut Picture,
    known: Option<&Drawn>,
    turned: Option<&Drawn>,
    claims: Option<&Claims>,
    runner: &mut Runner,
) {
    let others: Vec<Picture> = known.into_iter().chain(turned).map(|other| other.told(claims, runner)).collect();
    if let Some(nearest) = picture.nearest(&others).cloned() {
        picture.set_beside(nearest);
    }
}

/// What the notes call the processes of a run.
fn roles(claims: Option<&Claims>, interleaving: &Interleaving) -> HashMap<Pid, String> {
    let Some(claims) = claims else { return HashMap::new() };
    let roles = claims.roles_of(&interleaving.processes, &interleaving.trace);
    roles.into_iter().map(|(pid, role)| (pid, claims.roles[role].name.clone())).collect()
}

/// Lets pictures speak the language that was chosen.
pub fn speak() {
    if words::chosen() == words::Language::Chinese {
        interleave_pictures::speak(Speech {
            code: "zh-CN",
            template: told,
            deed: words::deed,
            end: |end| words::end(end).told(),
            waits: |wait| words::waits(wait).told(),
            ending: |ending| words::ending(ending).told(),
            fault: |fault| words::fault(fault).told(),
        });
    }
}
