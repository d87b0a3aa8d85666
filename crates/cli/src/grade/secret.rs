//! What a submission must not be able to read: the notes that judge it, solutions that lie beside them, what others have handed in, and what came of it.

use std::path::{Path, PathBuf};

use interleave_claims::notes::Lesson;

use super::config::Config;

/// The notes, `grade.toml`, the repository that they lie in (or their folder, if there is none), the folders of submissions, and what was `written` of
/// others, where that is there already. Each is run in a copy elsewhere.
///
/// A folder is left out if something lies in it that programs need to be started at all.
pub fn of<'a>(
    lesson: &Lesson,
    config: &Config,
    places: &[PathBuf],
    written: impl Iterator<Item = &'a Path>,
) -> Vec<PathBuf> {
    let notes = lesson.folder.join(lesson.file.file_name().unwrap_or_default());
    let (written, folders_written): (Vec<&Path>, Vec<&Path>) = written.partition(|path| !path.is_dir());
    let files = [Some(notes.as_path()), config.path()].into_iter().flatten().chain(written);
    let files = files.filter_map(|file| file.canonicalize().ok()).filter(|file| file.is_file());
    let mut secret: Vec<PathBuf> = files.collect();
    let folder = lesson.folder.canonicalize().ok();
    let folder = folder.map(|folder| repository(&folder).map_or(folder.clone(), Path::to_owned));
    let folders = folder.into_iter().chain(folders_written.iter().filter_map(|folder| folder.canonicalize().ok()));
    let places = places.iter().filter_map(|place| place.canonicalize().ok());
    let needed = needed();
    secret.extend(folders.chain(places).filter(|path| !needed.iter().any(|needed| needed.starts_with(path))));
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
