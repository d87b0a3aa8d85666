//! `--keep`: what a run has left in its working directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches};
use interleave::explore::{Interleaving, Runner};
use interleave_claims::report::printable::printable;
use interleave_claims::say;

use crate::Refusal;

/// How many files are named.
const FEW: usize = 8;

/// `--keep`; `what` says what is put there.
pub fn argument(what: &'static str) -> Arg {
    Arg::new("keep").long("keep").value_name("DIR").value_parser(clap::value_parser!(PathBuf)).help(format!(
        "Copy the files that a run makes or changes in its working directory, which otherwise are gone after it, to this new or \
         empty folder: {what}"
    ))
}

/// Where what runs leave is kept, if it is.
pub struct Keep(Option<PathBuf>);

/// What one run has left.
pub struct Kept {
    /// The folder that holds it.
    pub folder: String,
    files: Vec<String>,
}

impl Keep {
    /// Reads the argument, and sees to it that the folder is there and has nothing in it.
    pub fn read(arguments: &ArgMatches) -> Result<Keep, Refusal> {
        let Some(folder) = arguments.get_one::<PathBuf>("keep") else { return Ok(Keep(None)) };
        let cannot =
            |error: io::Error| Refusal::from(say!("--keep: cannot use {}: {}", folder.display().to_string(), &error));
        fs::create_dir_all(folder).map_err(cannot)?;
        if fs::read_dir(folder).map_err(cannot)?.next().is_some() {
            return Err(
                say!("--keep: {} is not empty; a new folder would be right", folder.display().to_string()).into()
            );
        }
        Ok(Keep(Some(folder.clone())))
    }

    /// Keeps what this interleaving leaves, in the folder itself.
    pub fn only(&self, runner: &mut Runner, interleaving: &Interleaving) -> Result<Option<Kept>, Refusal> {
        self.0.as_ref().map(|folder| keep(runner, interleaving, folder)).transpose()
    }

    /// Keeps what this interleaving leaves, in a folder of this number.
    pub fn numbered(
        &self,
        runner: &mut Runner,
        interleaving: &Interleaving,
        number: u64,
    ) -> Result<Option<Kept>, Refusal> {
        let folder = self.0.as_ref().map(|folder| folder.join(number.to_string()));
        folder.map(|folder| keep(runner, interleaving, &folder)).transpose()
    }
}

fn keep(runner: &mut Runner, interleaving: &Interleaving, folder: &Path) -> Result<Kept, Refusal> {
    fs::create_dir_all(folder)?;
    runner.keep(interleaving, folder)?;
    let mut files = Vec::new();
    list(folder, folder, &mut files)?;
    files.sort();
    Ok(Kept { folder: folder.display().to_string(), files })
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), Refusal> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(root, &entry.path(), files)?;
        } else {
            let path = entry.path();
            files.push(path.strip_prefix(root).unwrap_or(&path).display().to_string());
        }
    }
    Ok(())
}

impl Kept {
    /// In a line.
    pub fn words(&self) -> String {
        let names = self.files.iter().take(FEW).map(|name| printable(name)).collect::<Vec<_>>().join(", ");
        let folder = printable(&self.folder);
        match self.files.len() {
            0 => say!("it leaves no file").told(),
            all if all > FEW => say!("it leaves {} and {} more, kept in {}", names, all - FEW, folder).told(),
            _ => say!("it leaves {}, kept in {}", names, folder).told(),
        }
    }
}
