//! The space-time diagrams that lie beside the notes: `PROGRAM.svg`, one run of that program; and the same in Chinese, in `po/`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use interleave::explore::{Error, Interleaving, Job, Runner, Schedule, explore, is_thread, replay};
use interleave::sandbox::FIRST_OF_ITS_WORLD;
use interleave::trace::{self, End, Pid, What};
use interleave_claims::notes::claims::Claims;
use interleave_claims::notes::{Course, Program};
use interleave_claims::words;
use interleave_cli::Startable;
use interleave_pictures::{Picture, Speech};
use polib::catalog::Catalog;
use pulldown_cmark::{Event, Parser, Tag};

use crate::translate;
use crate::words::Language;

/// A diagram that notes show.
pub struct Diagram<'a> {
    /// Its file, seen from the course's folder.
    pub file: PathBuf,
    /// The program that it is a run of.
    program: &'a Program,
    /// Who prints one line after the other in the run that is drawn, by the names that schedules use: what the picture's title
    /// in the notes says, as in `![…](pool_demo.svg "order abba")`. Without one it is the run in which whoever has gone goes on.
    order: Option<String>,
}

/// The diagrams that the lessons' notes show.
///
/// # Errors
/// If the notes cannot be read, or show a picture of no program of theirs.
pub fn diagrams<'a>(root: &Path, course: &'a Course) -> Result<Vec<Diagram<'a>>> {
    let mut diagrams = Vec::new();
    for lesson in &course.lessons {
        let notes = crate::read(root, &lesson.file)?;
        let folder = lesson.file.parent().unwrap_or(Path::new(""));
        for event in Parser::new(&notes) {
            let Event::Start(Tag::Image { dest_url, title, .. }) = event else { continue };
            let name = dest_url.strip_suffix(".svg").unwrap_or(&dest_url);
            let program = lesson.programs.iter().find(|program| program.name() == name).with_context(|| {
                format!(
                    "{} shows the picture {dest_url}; PROGRAM.svg is the run of a program of it",
                    lesson.file.display()
                )
            })?;
            let order = title.strip_prefix("order ").map(str::to_owned);
            diagrams.push(Diagram { file: folder.join(&*dest_url), program, order });
        }
    }
    Ok(diagrams)
}

/// Where a diagram lies in this language: in English beside the notes, otherwise beside their translation.
pub fn file_in(language: Language, file: &Path) -> PathBuf {
    match language {
        Language::English => file.to_owned(),
        Language::Chinese => Path::new("po").join(language.code()).join(file.file_name().unwrap_or_default()),
    }
}

/// Lets diagrams be drawn in this language.
fn speak(language: Language) {
    match language {
        Language::English => {
            words::choose(words::Language::English);
            interleave_pictures::speak(Speech::ENGLISH);
        }
        Language::Chinese => {
            words::choose(words::Language::Chinese);
            interleave_pictures::speak(Speech {
                code: language.code(),
                template: words::told,
                deed: words::deed,
                end: |end| words::end(end).told(),
                waits: |wait| words::waits(wait).told(),
                ending: |ending| words::ending(ending).told(),
                fault: |fault| words::fault(fault).told(),
            });
        }
    }
}

/// Draws each diagram anew, in each language, and gives it with its file; `None` where runs are no worlds of their own, so that a picture would
/// have other numbers in it. Blocks until no process of any program is left.
///
/// # Errors
/// If a program cannot be run.
fn draw(
    diagrams: &[Diagram],
    programs: &BTreeMap<String, Startable>,
    catalog: &Catalog,
) -> Result<Option<Vec<(PathBuf, String)>>> {
    let mut drawn = Vec::new();
    for Diagram { file, program, order } in diagrams {
        let run = match program.claims.unexplored {
            None => {
                let startable = &programs[program.name()];
                let mut job = program.claims.job(startable.command.clone());
                job.folder.clone_from(&startable.folder);
                let run = match order {
                    None => replay(&job, &Schedule::default()),
                    Some(order) => run_in_order(job.clone(), order),
                };
                let run = run.map_err(|error| anyhow!("cannot draw {}: {error}", file.display()))?;
                if run.trace.header.root != FIRST_OF_ITS_WORLD {
                    return Ok(None);
                }
                Some((job, run)).filter(|(_, run)| !has_killed_threads(run))
            }
            Some(_) => None,
        };
        for language in Language::ALL {
            speak(language);
            let picture = match &run {
                Some((job, run)) => of_run(job, &program.claims, run),
                None => of_transcript(program).with_context(|| format!("{} has no transcript", program.name())),
            };
            let svg = picture.map(|mut picture| {
                let roles = picture.lanes.iter_mut().filter_map(|lane| lane.role.as_mut());
                let catalog = (language == Language::Chinese).then_some(catalog);
                roles.for_each(|role| *role = translate::say(catalog, role));
                picture.svg()
            });
            speak(Language::English);
            drawn.push((file_in(language, file), svg.with_context(|| format!("cannot draw {}", file.display()))?));
        }
    }
    Ok(Some(drawn))
}

/// Whether one of a process's threads has ended them all: the kernel alone decides in which moment each of the others is gone, so such a run
/// is not drawn in the same way each time.
fn has_killed_threads(run: &Interleaving) -> bool {
    let has_threads = run.steps().iter().any(|&task| is_thread(task) && usize::from(task) >= run.processes.len());
    let is_killed = |event: &trace::Event| matches!(event.what, What::Ended(End::Signaled(_)));
    has_threads && run.trace.events.iter().any(is_killed)
}

/// The first run that comes out in this order.
fn run_in_order(mut job: Job, order: &str) -> Result<Interleaving, Error> {
    // One worker, and all the time it needs: so it comes to the same run each time.
    job.workers = 1;
    job.time = Duration::from_secs(3600);
    job.most = 2000;
    let mut found = None;
    explore(&job, |interleaving| {
        let who = interleaving.trace.events.iter().filter(|event| event.printed().is_some());
        if who.map(|event| interleaving.name(event.pid)).collect::<String>() != order {
            return ControlFlow::Continue(());
        }
        found = Some(interleaving);
        ControlFlow::Break(())
    })?;
    match found {
        Some(run) if run.schedule.is_some() => Ok(run),
        Some(deduced) => Runner::new(&job).confirm(&deduced),
        None => Err(Error::Failed(format!("none of its first {} runs comes out in the order {order}", job.most))),
    }
}

/// The run with all that is not seen from outside: it is run once more.
fn of_run(job: &Job, claims: &Claims, run: &Interleaving) -> Result<Picture> {
    let position = Runner::new(job).position(run.steps(), run.prepared_for(), true)?;
    let run = &position.interleaving;
    let roles = claims.roles_of(&run.processes, &run.trace);
    let roles: HashMap<Pid, String> =
        roles.into_iter().map(|(pid, role)| (pid, claims.roles[role].name.clone())).collect();
    let mut picture = Picture::of_steps(&position, &roles);
    // A schedule says how the engine comes there, and is another whenever the engine learns something.
    picture.schedule = None;
    Ok(picture)
}

/// What the notes show of a program that cannot be run under a schedule. They tell neither who started whom nor how it ended.
fn of_transcript(program: &Program) -> Option<Picture> {
    let trace = &program.transcripts.first()?.trace;
    let mut processes: Vec<Pid> = Vec::new();
    for event in &trace.events {
        if !processes.contains(&event.pid) {
            processes.push(event.pid);
        }
    }
    let claims = &program.claims;
    let roles = claims.roles_of(&processes, trace);
    let roles: HashMap<Pid, String> =
        roles.into_iter().map(|(pid, role)| (pid, claims.roles[role].name.clone())).collect();
    let name = |pid: Pid| {
        let place = processes.iter().position(|&process| process == pid).unwrap_or(0);
        char::from_u32('a' as u32 + place as u32).unwrap_or('?').to_string()
    };
    let mut picture = Picture::of_trace(trace, &processes, &[], &[], name, &roles);
    picture.ending = String::new();
    picture.has_unknown_ends = true;
    Some(picture)
}

/// The diagrams whose files are not as they are drawn now.
///
/// # Errors
/// If a program cannot be run.
pub fn stale(
    root: &Path,
    course: &Course,
    programs: &BTreeMap<String, Startable>,
    catalog: &Catalog,
) -> Result<Option<Vec<PathBuf>>> {
    let diagrams = diagrams(root, course)?;
    let drawn = draw(&diagrams, programs, catalog)?;
    let is_stale = |(file, svg): &(PathBuf, String)| fs::read_to_string(root.join(file)).ok().as_ref() != Some(svg);
    Ok(drawn.map(|drawn| drawn.into_iter().filter(is_stale).map(|(file, _)| file).collect()))
}

/// Writes each diagram anew.
///
/// # Errors
/// If a program cannot be run, or a file cannot be written.
pub fn update(root: &Path, course: &Course, programs: &BTreeMap<String, Startable>, catalog: &Catalog) -> Result<()> {
    let diagrams = diagrams(root, course)?;
    let folder = root.join(file_in(Language::Chinese, Path::new("")));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (file, svg) in draw(&diagrams, programs, catalog)?.unwrap_or_default() {
        fs::write(root.join(&file), svg).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
