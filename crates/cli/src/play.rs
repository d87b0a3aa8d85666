//! `play`: the user is the scheduler.

use clap::{ArgMatches, Command};
use interleave_claims::notes::{Lesson, Program};
use interleave_claims::report::Status;
use interleave_play::{Neighbour, Setup};

use crate::target::{self, Target};
use crate::{Front, Refusal, course, screen};

pub fn command(front: &Front) -> Command {
    Command::new("play")
        .about(
            "Be the scheduler: hold a program's processes, and let one go on at a time, back and forth; the notes give quests",
        )
        .args(target::program_arguments(front))
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    // Better now than after a long build.
    interleave_play::needs_terminal()?;
    let name = arguments.get_one::<String>("name").map(String::as_str);
    let course = course::read_for(front, name)?;
    let (target, claims) = Target::read(front, "play", arguments, name, &course)?;
    let chosen = claims.and_then(|claims| {
        let is_it = |(_, program): &(&Lesson, &Program)| std::ptr::eq(&program.claims, claims);
        course.programs().find(is_it)
    });
    let neighbours = match chosen {
        Some((lesson, program)) => {
            // Without them there is less to do, but the program can be played all the same.
            neighbours(front, lesson, program).unwrap_or_else(|Refusal(why)| {
                screen::complain(&why);
                Vec::new()
            })
        }
        None => Vec::new(),
    };
    let replay = target.replay_around();
    let kept = interleave_play::run(Setup { job: target.job, claims: claims.cloned(), neighbours, replay })?;
    kept.iter().for_each(|command| screen::print(&format!("{command}\n")));
    Ok(Status::Holds)
}

/// The other programs of a lesson, built.
fn neighbours(front: &Front, lesson: &Lesson, program: &Program) -> Result<Vec<Neighbour>, Refusal> {
    let others: Vec<(&Lesson, &Program)> =
        lesson.programs.iter().filter(|other| !std::ptr::eq(*other, program)).map(|other| (lesson, other)).collect();
    let startable = course::build(front, &others)?;
    let neighbours = others.iter().zip(startable).map(|((_, other), startable)| {
        let mut job = other.claims.job(startable.command);
        job.folder = startable.folder;
        Neighbour { job, claims: other.claims.clone() }
    });
    Ok(neighbours.collect())
}
