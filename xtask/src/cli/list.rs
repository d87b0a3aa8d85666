//! `cargo xtask list`.

use clap::Command;

use super::{Outcome, Refusal, read_course};

pub fn command() -> Command {
    Command::new("list").about("List the lessons and their programs")
}

pub fn run() -> Result<Outcome, Refusal> {
    let course = read_course()?;
    for lesson in &course.lessons {
        println!("{}   crates/{}/README.md", lesson.name, lesson.name);
        for program in &lesson.programs {
            let flag = if program.name() == lesson.name { String::new() } else { format!(" --bin {}", program.name()) };
            println!("  cargo run -p {}{flag}", lesson.name);
        }
    }
    Ok(Outcome::Holds)
}
