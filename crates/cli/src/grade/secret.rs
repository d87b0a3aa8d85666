//! What a submission must not be able to read: the notes that judge it, solutions that lie beside them, and what others have handed in.

use std::path::{Path, PathBuf};

use interleave_claims::notes::Lesson;

use super::config::Config;

/// The notes, `grade.toml`, the repository that they lie in, and the folders of submissions. Each is run in a copy elsewhere.
///
/// A folder is left out if something lies in it that programs need to be started at all.
pub fn of(lesson: &Lesson, config: &Config, places: &[PathBuf]) -> Vec<PathBuf> {
    let notes = lesson.folder.join(lesson.file.file_name().unwrap_or_default());
    let files = [Some(notes.as_path()), config.path()].into_iter().flatten();
    let mut secret: Vec<PathBuf> = files.filter_map(|file| file.canonicalize().ok()).collect();
    let folders = lesson.folder.canonicalize().ok().and_then(|folder| repository(&folder).map(Path::to_owned));
    let places = places.iter().filter_map(|place| place.canonicalize().ok());
    let needed = needed();
    secret
        .extend(folders.into_iter().chain(places).filter(|path| !needed.iter().any(|needed| needed.starts_with(path))));
    secret
}

/// The repository that a folder lies in.
fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(".git").exists())
}

/// Where programs, and what they are run by, are looked for.
fn needed() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let folders = std::env::split_paths(&path).chain(home).filter_map(|folder| folder.canonicalize().ok());
    folders.collect()
}
