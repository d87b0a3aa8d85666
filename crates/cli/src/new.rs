//! `new course`: a repository for a course of somebody's own, which works at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};
use interleave_claims::report::Status;
use interleave_claims::say;

use crate::{Refusal, screen};

/// What a new course consists of.
const COURSE: [(&str, &str); 12] = [
    ("README.md", include_str!("../templates/course/README.md")),
    ("NOTES.md", include_str!("../templates/course/NOTES.md")),
    ("errand.c", include_str!("../templates/course/errand.c")),
    ("question.py", include_str!("../templates/course/question.py")),
    ("Makefile", include_str!("../templates/course/Makefile")),
    ("grade.toml", include_str!("../templates/course/grade.toml")),
    (".gitignore", include_str!("../templates/course/gitignore")),
    (".gitlab-ci.yml", include_str!("../templates/course/gitlab-ci.yml")),
    (".github/workflows/verify.yml", include_str!("../templates/course/verify.yml")),
    ("students/README.md", include_str!("../templates/course/students/README.md")),
    ("students/errand.c", include_str!("../templates/course/students/errand.c")),
    ("students/Makefile", include_str!("../templates/course/Makefile")),
];

/// What grades each push of a student; the notes have several programs.
const GRADING: [(&str, &str); 2] = [
    ("students/.github/workflows/classroom.yml", include_str!("../templates/github-classroom.yml")),
    ("students/.gitlab-ci.yml", include_str!("../templates/gitlab-ci.yml")),
];

pub fn command() -> Command {
    Command::new("new")
        .about("Make a skeleton that works at once")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("course")
                .about("Make a repository for a course: notes, programs in C and Python, CI, and how to grade a class")
                .arg(
                    Arg::new("folder")
                        .value_name("DIR")
                        .required(true)
                        .value_parser(clap::value_parser!(PathBuf))
                        .help("The folder to make; if it is there, it must be empty, but for .git"),
                ),
        )
}

pub fn run(arguments: &ArgMatches) -> Result<Status, Refusal> {
    let Some(("course", arguments)) = arguments.subcommand() else {
        unreachable!("clap asks for a subcommand, and there is one");
    };
    let folder: &PathBuf = crate::required(arguments, "folder");
    make(folder)?;
    let shown = folder.display();
    let made = say!("made {}; there is more on it in {}/README.md", shown.to_string(), shown.to_string());
    let quoted = screen::quoted(folder.as_os_str());
    screen::print(&format!("{}\n\n  cd {quoted}\n  interleave verify NOTES.md\n", made.told()));
    Ok(Status::Holds)
}

fn make(folder: &Path) -> Result<(), Refusal> {
    let reason = |path: &Path, error: io::Error| (path.display().to_string(), error.to_string());
    let cannot_read = |path: &Path, error: io::Error| {
        let (path, error) = reason(path, error);
        say!("cannot read {}: {}", path, error)
    };
    let cannot_write = |path: &Path, error: io::Error| {
        let (path, error) = reason(path, error);
        say!("cannot write {}: {}", path, error)
    };
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let name = entry.map_err(|error| cannot_read(folder, error))?.file_name();
                if name != ".git" {
                    return Err(say!(
                        "{} is not empty: it has {}; name a folder that is not there yet",
                        folder.display().to_string(),
                        name.display().to_string()
                    )
                    .into());
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot_read(folder, error).into()),
    }
    let grading = GRADING.map(|(path, text)| (path, text.replace("NOTES: NOTES.md", "NOTES: NOTES.md/errand")));
    let files = COURSE.map(|(path, text)| (path, text.to_owned()));
    let mut made = Made(Vec::new());
    for (path, text) in files.into_iter().chain(grading) {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        made.folder(parent).map_err(|error| cannot_write(parent, error))?;
        made.file(&path, &text).map_err(|error| cannot_write(&path, error))?;
    }
    made.0.clear();
    Ok(())
}

/// What was made so far. Half a course works no better than none, and would be in the way of the next attempt: dropping this takes it away again.
struct Made(Vec<PathBuf>);

impl Made {
    fn folder(&mut self, path: &Path) -> io::Result<()> {
        let mut missing: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
        // The last of the ancestors of what is relative is the empty path: the folder that we are in.
        missing.retain(|path| *path != Path::new(""));
        for path in missing.into_iter().rev() {
            fs::create_dir(path)?;
            self.0.push(path.to_owned());
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        self.0.push(path.to_owned());
        fs::write(path, text)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            // Why it could not be made is told already. A folder in which somebody else has put something stays.
            let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
        }
    }
}
