//! `gradescope`: the zip that Gradescope builds its autograder from.
//! <https://gradescope-autograders.readthedocs.io/en/latest/specs/>

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};
use interleave_claims::report::Status;
use interleave_claims::say;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::config::Config;
use super::feedback::Languages;
use crate::{Front, Refusal, course, screen};

const SETUP: &str = include_str!("../../templates/gradescope/setup.sh");
const RUN: &str = include_str!("../../templates/gradescope/run_autograder");

pub fn command() -> Command {
    let path = || clap::value_parser!(PathBuf);
    Command::new("gradescope")
        .about("Write the zip that Gradescope builds an autograder from: the notes, grade.toml, interleave, and what starts it")
        .arg(
            Arg::new("notes")
                .value_name("NOTES.md")
                .required(true)
                .help("The notes to grade by, or NOTES.md/PROGRAM for one of their programs"),
        )
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .default_value("autograder.zip")
                .value_parser(path())
                .help("The zip"),
        )
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(path())
                .help("How to grade [default: grade.toml beside the notes, if it is there]"),
        )
        .arg(
            Arg::new("binary")
                .long("binary")
                .value_name("FILE")
                .value_parser(path())
                .help("An interleave that runs in Gradescope's image [default: this one]"),
        )
        .arg(Languages::argument("The language of the feedback: en, zh or both [default: what LC_ALL, LC_MESSAGES or LANG says]"))
}

pub fn run(front: &Front, arguments: &ArgMatches) -> Result<Status, Refusal> {
    let name: &str = crate::required::<String>(arguments, "notes");
    let output: &PathBuf = crate::required(arguments, "output");
    let languages = Languages::of(arguments);
    let course = course::read(front, &[name])?;
    let (lesson, program) = course::choose_one(front, &course, name)?;
    let config = Config::read(arguments.get_one("config"), &lesson.folder)?;
    config.check(lesson, program)?;
    let read =
        |path: &Path| fs::read(path).map_err(|error| say!("cannot read {}: {}", path.display().to_string(), &error));
    let binary = match arguments.get_one::<PathBuf>("binary") {
        Some(path) => read(path)?,
        None => read(Path::new("/proc/self/exe"))?,
    };
    let notes = lesson.file.file_name().unwrap_or_default().to_string_lossy();
    let notes = shlex::try_quote(&notes)?.into_owned();
    let program = shlex::try_quote(program.name())?.into_owned();
    let run = RUN.replace("\"source/NOTES\"", &format!("source/{notes}/{program}"));
    let run = run.replace("LANGUAGE", &format!("--lang {}", languages.name()));
    let mut files: Vec<(String, Vec<u8>, u32)> = vec![
        ("setup.sh".to_owned(), SETUP.into(), 0o755),
        ("run_autograder".to_owned(), run.into_bytes(), 0o755),
        ("interleave".to_owned(), binary, 0o755),
        (lesson.file.file_name().unwrap_or_default().to_string_lossy().into_owned(), read(&lesson.file)?, 0o644),
    ];
    if !config.text().is_empty() {
        files.push(("grade.toml".to_owned(), config.text().into(), 0o644));
    }
    for (path, name) in config.files() {
        files.push((name.to_owned(), read(&path)?, 0o644));
    }
    for (index, (name, ..)) in files.iter().enumerate() {
        if files[..index].iter().any(|(other, ..)| other == name) {
            return Err(say!("two files of the zip would be called {}: call yours something else", name).into());
        }
    }
    write(output, &files).map_err(|error| say!("cannot write {}: {}", output.display().to_string(), &error))?;
    let made = say!(
        "{}: upload it to Gradescope (Configure Autograder); its log of the build says what the container lets verdicts rest on",
        output.display().to_string()
    );
    screen::print(&format!("{}\n", made.told()));
    Ok(Status::Holds)
}

fn write(path: &Path, files: &[(String, Vec<u8>, u32)]) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    for (name, content, mode) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .unix_permissions(*mode);
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content)?;
    }
    zip.finish()?.flush()
}
