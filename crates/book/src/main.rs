//! `cargo xtask book`: the whole course as static pages, in English and Chinese, written from the notes of its lessons.

mod book;
mod diagrams;
mod drawings;
mod lesson;
mod orders;
mod pages;
mod pdf;
mod python;
mod readme;
mod serve;
mod survey;
mod translate;
mod words;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::{Arg, ArgAction, Command};
use interleave_claims::notes::Course;

use crate::book::Purpose;
use crate::lesson::Writer;
use crate::words::Language;

fn command() -> Command {
    Command::new("cargo xtask book")
        .bin_name("cargo xtask book")
        .about("Writes the course as a book of static pages, in English and Chinese, to target/book/")
        .arg(Arg::new("open").long("open").action(ArgAction::SetTrue).help("Open it in a browser"))
        .arg(
            Arg::new("serve")
                .long("serve")
                .value_name("ADDRESS")
                .num_args(0..=1)
                .default_missing_value("127.0.0.1:3000")
                .help("Serve it at this address, and write it anew whenever a file of the course changes"),
        )
        .arg(
            Arg::new("unverified")
                .long("unverified")
                .action(ArgAction::SetTrue)
                .help("Run no program: the book is written at once, without verdicts and without figures to play with"),
        )
        .arg(
            Arg::new("pdf")
                .long("pdf")
                .action(ArgAction::SetTrue)
                .help("Also print it, to course-en.pdf and course-zh-CN.pdf beside its pages; by Chromium or Chrome, which has to be installed ($CHROME says where, if it is not in PATH)"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Write nothing; say what has no translation or a stale one, and which diagrams are stale, with exit status 1 if there is anything"),
        )
        .arg(
            Arg::new("update")
                .long("update")
                .action(ArgAction::SetTrue)
                .help("Write no book; bring po/ up to date with the notes, for somebody to translate what is new in it, and draw the notes' diagrams anew"),
        )
        .arg(
            Arg::new("time")
                .long("time")
                .value_name("SECONDS")
                .default_value("60")
                .value_parser(clap::value_parser!(u64).range(1..))
                .help("How long the orders of each program may be explored; what is known already is kept"),
        )
        .arg(
            Arg::new("repository")
                .long("repository")
                .value_name("URL")
                .help("Where the course's files can be looked at: links to them lead there"),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .value_name("FOLDER")
                .value_parser(clap::value_parser!(PathBuf))
                .help("Write it into this folder instead"),
        )
}

/// Reads a file of the course.
fn read(root: &Path, file: &Path) -> Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {}", file.display()))
}

fn course(root: &Path) -> Result<Course> {
    Course::read(root).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow!(faults.join("\n"))
    })
}

/// The folder of the course: the one that holds `crates/book`.
fn root() -> PathBuf {
    // Cargo tells a program that it runs where its package is; the folder it was built in is the next best guess.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.ancestors().nth(2).map_or(package.clone(), Path::to_path_buf)
}

/// What the arguments say about how the book is written.
struct Wishes {
    root: PathBuf,
    output: PathBuf,
    time: Duration,
    runs_programs: bool,
    /// The browser that prints it, if it is to be printed.
    printer: Option<OsString>,
    repository: Option<String>,
}

impl Wishes {
    fn pdf(&self, language: Language) -> PathBuf {
        self.output.join(format!("course-{}.pdf", language.code()))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments = command().get_matches();
    let root = root();
    if arguments.get_flag("check") || arguments.get_flag("update") {
        let course = course(&root)?;
        let texts = translate::texts(&root, &pages::pages(&root, &course)?, &course)?;
        if arguments.get_flag("update") {
            translate::update(&root, &texts)?;
        }
        let programs = survey::build(&root, &course)?;
        if arguments.get_flag("update") {
            diagrams::update(&root, &course, &programs, &translate::catalog(&root)?)?;
            let readme = root.join(readme::file());
            fs::write(&readme, readme::text(&root, &translate::catalog(&root)?)?)
                .with_context(|| format!("cannot write {}", readme.display()))?;
        }
        let translations = check_translations(&root, &texts)?;
        let diagrams = check_diagrams(diagrams::stale(&root, &course, &programs, &translate::catalog(&root)?)?);
        let readme = check_readme(&root)?;
        return Ok(if translations && diagrams && readme { ExitCode::SUCCESS } else { ExitCode::from(1) });
    }
    let wishes = Wishes {
        output: arguments.get_one("output").cloned().unwrap_or_else(|| root.join("target/book")),
        time: Duration::from_secs(arguments.get_one("time").copied().unwrap_or(60)),
        runs_programs: !arguments.get_flag("unverified"),
        // Before anything that takes long.
        printer: arguments.get_flag("pdf").then(pdf::browser).transpose()?,
        repository: arguments.get_one::<String>("repository").map(|url| format!("{}/", url.trim_end_matches('/'))),
        root,
    };
    let address = arguments.get_one::<String>("serve");
    if let Some(address) = address {
        // Whether that can be is to be known before the book is written.
        std::net::TcpListener::bind(address).map(drop).with_context(|| format!("cannot serve at {address}"))?;
    }
    write(&wishes)?;
    let index = wishes.output.join("index.html");
    println!("{}", index.display());
    if wishes.printer.is_some() {
        Language::ALL.iter().for_each(|language| println!("{}", wishes.pdf(*language).display()));
    }
    if arguments.get_flag("open") {
        let page = address.map_or_else(|| index.into_os_string(), |address| format!("http://{address}/").into());
        open(&page)?;
    }
    if let Some(address) = address {
        let watched = ["README.md", "CONTRIBUTING.md", "crates", "docs", "exercises", "po", "tests/programs"];
        let watched: Vec<PathBuf> = watched.iter().map(|path| wishes.root.join(path)).collect();
        serve::serve(address, wishes.output.clone(), &watched, || write(&wishes))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens a page in the user's browser.
fn open(page: &OsStr) -> Result<()> {
    let opener = "xdg-open";
    let child = std::process::Command::new(opener).arg(page).stdin(Stdio::null()).spawn();
    child.map(drop).with_context(|| format!("cannot run {opener} to open {}; open it yourself", page.display()))
}

/// Says which translations are stale; whether none is.
fn check_translations(root: &Path, texts: &[translate::Text]) -> Result<bool> {
    let catalog = translate::catalog(root)?;
    let staleness = translate::staleness(&catalog, texts);
    let short = |text: &str| text.chars().take(80).collect::<String>();
    for (at, text) in &staleness.missing {
        println!("{at}: not translated: {}", short(text));
    }
    for (at, text) in &staleness.fuzzy {
        println!("{at}: has changed, and its translation is only a proposal: {}", short(text));
    }
    for text in &staleness.unused {
        println!("{}: translates what stands nowhere: {}", translate::file(root).display(), short(text));
    }
    let total = texts.len();
    let there = total - staleness.missing.len() - staleness.fuzzy.len();
    println!("{}: {there} of {total} texts are translated", translate::LANGUAGE);
    if !staleness.is_none() {
        println!(
            "`cargo xtask book --update` brings the file up to date; translate what is empty or marked `fuzzy` in it"
        );
    }
    Ok(staleness.is_none())
}

/// Whether the Chinese README is what its translations make it; says so if not.
fn check_readme(root: &Path) -> Result<bool> {
    let is_fresh = fs::read_to_string(root.join(readme::file())).unwrap_or_default()
        == readme::text(root, &translate::catalog(root)?)?;
    if !is_fresh {
        println!("{}: is stale; `cargo xtask book --update` writes it anew", readme::file().display());
    }
    Ok(is_fresh)
}

/// Says which diagrams are stale; whether none is.
fn check_diagrams(stale: Option<Vec<PathBuf>>) -> bool {
    let Some(stale) = stale else {
        println!("the diagrams beside the notes were not checked: runs have no world of their own here");
        return true;
    };
    for file in &stale {
        println!("{}: is not as the program runs now; `cargo xtask book --update` draws it anew", file.display());
    }
    stale.is_empty()
}

/// Writes the book in every language.
fn write(wishes: &Wishes) -> Result<()> {
    let root = &wishes.root;
    let course = course(root)?;
    let pages = pages::pages(root, &course)?;
    let surveys = if wishes.runs_programs {
        let programs = survey::build(root, &course)?;
        survey::survey(&course, &programs, &root.join("target/book-surveys"), wishes.time)?
    } else {
        survey::Surveys::new()
    };
    let catalog = translate::catalog(root)?;
    for language in Language::ALL {
        let writer = Writer {
            root,
            course: &course,
            pages: &pages,
            surveys: &surveys,
            language,
            catalog: (language == Language::Chinese).then_some(&catalog),
            repository: wishes.repository.as_deref(),
        };
        let work = root.join("target/book-source");
        book::write(&writer, Purpose::Screen, &work, &wishes.output)?;
        if let Some(browser) = &wishes.printer {
            let paper = root.join("target/book-on-paper");
            book::write(&writer, Purpose::Paper, &work, &paper)?;
            pdf::print(browser, &paper.join(language.code()), &wishes.pdf(language))?;
        }
    }
    book::write_shared(&course, &surveys, &wishes.output)
}
