//! `list`: the course's lessons.

use clap::Command;
use interleave_claims::report::Status;

use crate::{Front, Refusal, course, screen};

pub fn command() -> Command {
    Command::new("list").about("List the lessons and their programs")
}

pub fn run(front: &Front) -> Result<Status, Refusal> {
    let course = course::read(front, &[])?;
    let mut text = String::new();
    for lesson in &course.lessons {
        text += &format!("{}   {}\n", lesson.name, lesson.file.display());
        for program in &lesson.programs {
            let flag = if program.name() == lesson.name { String::new() } else { format!(" --bin {}", program.name()) };
            text += &format!("  cargo run -p {}{flag}\n", lesson.name);
        }
    }
    screen::print(&text);
    Ok(Status::Holds)
}
