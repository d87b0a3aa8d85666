//! `cargo xtask watch`: the exercise at hand, judged on every save.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod desk;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod list;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod screen;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod session;

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn main() {}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn main() -> std::process::ExitCode {
    command::main()
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod command {
    use std::io::{self, IsTerminal};
    use std::process::ExitCode;

    use exercises::catalog::Language;
    use exercises::root;

    use crate::desk::{Desk, Finding};
    use crate::{screen, session};

    const HELP: &str = "\
cargo xtask watch                    the exercise at hand, judged on every save; your answers are in exercises/answers
cargo xtask watch --once [EXERCISE]  judge an answer once, without a terminal
cargo xtask watch --lang zh          用中文（en: in English）; it is remembered

Exit status of --once: 0 the answer is right, 1 it is not, 2 it could not be judged.";

    pub fn main() -> ExitCode {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&words).unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::from(2)
        })
    }

    fn run(words: &[&str]) -> io::Result<ExitCode> {
        let (language, words) = match words {
            ["--language" | "--lang", "en", rest @ ..] => (Some(Language::English), rest),
            ["--language" | "--lang", "zh" | "zh-CN" | "zh_CN", rest @ ..] => (Some(Language::Chinese), rest),
            words => (None, words),
        };
        let once = match words {
            [] => None,
            ["--once"] => Some(None),
            ["--once", name] => Some(Some(*name)),
            _ => {
                println!("{HELP}");
                return Ok(if words == ["--help"] { ExitCode::SUCCESS } else { ExitCode::from(2) });
            }
        };
        let mut desk = Desk::open(&root())?;
        if let Some(language) = language {
            desk.progress.language = language;
            desk.progress.write()?;
        }
        exercises::speak(desk.language());
        let Some(name) = once else {
            if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
                return Err(io::Error::other(
                    "watch needs a terminal; without one, `cargo xtask watch --once` judges once",
                ));
            }
            session::run(desk)?;
            return Ok(ExitCode::SUCCESS);
        };
        if let Some(name) = name {
            desk.go_to(name)?;
        }
        let form = desk.form();
        let finding = desk.answer(form).judge()?;
        let right = matches!(finding, Finding::Right { .. });
        desk.take(form, &finding)?;
        print!("{}", screen::finding(&desk, form, &finding));
        Ok(if right { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
