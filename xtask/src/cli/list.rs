//! `cargo xtask list`.

use super::{Outcome, Refusal, read_course};

/// List the lessons and their programs.
#[derive(clap::Args)]
pub struct Arguments {}

pub fn run(_: &Arguments) -> Result<Outcome, Refusal> {
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
