//! `cargo xtask dev` and `cargo xtask new`: what authors of exercises and lessons need.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn main() -> std::process::ExitCode {
    author::main()
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn main() {}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod author {
    use std::io;
    use std::path::Path;
    use std::process::ExitCode;

    use exercises::{catalog, check, root, skeleton};

    const HELP: &str = "\
cargo xtask dev check [EXERCISE]…   whether each exercise fails as given, by what it teaches; its solution passes in every
                                    interleaving; no known wrong answer does; hints are there in both languages
cargo xtask new exercise NAME       make a skeleton of an exercise, which passes that check
cargo xtask new lesson NAME         make a skeleton of a lesson, which verifies
cargo xtask new course DIR          make a repository for a course of your own

Exit status: 0 all is well, 1 something is to be mended, 2 it could not be judged.";

    pub fn main() -> ExitCode {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let root = root();
        let done = match words.as_slice() {
            ["dev", "check", names @ ..] => dev_check(&root, names),
            ["new", "exercise", name] => made(skeleton::exercise(&root, name), "cargo xtask dev check"),
            ["new", "lesson", name] => made(skeleton::lesson(&root, name), "cargo xtask verify"),
            _ => {
                println!("{HELP}");
                return if words.contains(&"--help") { ExitCode::SUCCESS } else { ExitCode::from(2) };
            }
        };
        done.unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::from(2)
        })
    }

    fn dev_check(root: &Path, names: &[&str]) -> io::Result<ExitCode> {
        let all = catalog::read(root).map_err(|faults| io::Error::other(faults.join("\n")))?;
        if let Some(unknown) = names.iter().find(|name| !all.iter().any(|exercise| exercise.name == **name)) {
            return Err(io::Error::other(format!("no exercise is called `{unknown}`; exercises/ holds them all")));
        }
        let wanted: Vec<_> =
            all.iter().filter(|exercise| names.is_empty() || names.contains(&exercise.name.as_str())).collect();
        let mut bad = 0;
        let said = check::check(root, "check", &wanted, |checked| {
            let mark = if checked.faults.is_empty() { '✓' } else { '✗' };
            println!("{mark} {}   {}", checked.name, checked.seen);
            for fault in &checked.faults {
                println!("    {}", fault.replace('\n', "\n    "));
            }
            bad += usize::from(!checked.faults.is_empty());
        })?;
        if !said.is_empty() {
            eprintln!("\nthe compilers have something to say:\n{said}");
        }
        println!("\nexercises: {}, to be mended: {bad}", wanted.len());
        Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn made(folder: io::Result<std::path::PathBuf>, next: &str) -> io::Result<ExitCode> {
        let folder = folder?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        println!("made {}\nnext: {next} {name}", folder.display());
        Ok(ExitCode::SUCCESS)
    }
}
