//! What the engine says when it cannot go on. Most of that comes from its helper processes, as English text: so it is looked for
//! among templates, and what stands in their placeholders is looked for again.

use super::{Language, catalogue, chosen, filled};
use crate::key;

/// What begins with a placeholder comes last: it fits more than one would think.
const TEMPLATES: &[&str] = &[
    key!(
        "process {}, which watches the program, was itself stopped (SIGSTOP) and did not go on for {}, so it was killed, and the program \
         with it: what it saw does not count. Whoever has sent that signal may do so again; where programs have no namespaces of their own \
         (`interleave doctor`) it may be the program"
    ),
    key!("the kernel or container refuses to hold system calls (seccomp user notification): {}"),
    key!("cannot start the supervisor: {}"),
    key!("the supervisor has no standard streams"),
    key!("the supervisor went away or answered something else: {}"),
    key!("cannot start the recorder: {}"),
    key!("the recorder ended without a word ({})"),
    key!("the recorder sends no header"),
    key!("the recorder sends no trace"),
    key!("the recorder sends a second trace"),
    key!("the recorder sends more events than a trace may have"),
    key!("no program to run; name one after `--`"),
    key!("cannot hold process {} of the program: {}; more open files may help (`ulimit -n`)"),
    key!("cannot look for processes of the program: {}"),
    key!(
        "processes of the program that could not be killed within {}: {}; see what they do with `ps -o pid,user,stat,wchan,args`"
    ),
    key!("cannot read standard input from {}: {}"),
    key!("each run has to read it from its beginning, which a pipe does not allow"),
    key!("cannot make a terminal: {}; see pty(7)"),
    key!(
        "there is no layer over the working directory to be kept: what the run has left is there itself, or in a copy that is gone"
    ),
    key!("cannot copy what the run has left to {}: {}"),
    // These are said of what was found about a program, too.
    key!("cannot start `{}`: {}; {}"),
    key!("looked in PATH ({}); name it with its folder, or install it"),
    key!("looked from {}; check the path, or build it first"),
    key!("make it executable (`chmod +x {}`), or start its interpreter"),
    key!("it is neither a program for this machine nor a script with a #! line; start its interpreter"),
    key!("the file is there, but not the interpreter that it names (its #! line, or its dynamic loader)"),
    key!("see execve(2)"),
    // Schedules that do not fit.
    key!("the schedule {} does not fit: {}"),
    key!("the schedule {} does not fit"),
    key!("an order that was deduced does not come about: {}"),
    key!("the interleaving does not come about again: {}"),
    key!("at step {}, {}"),
    key!("write {} was to be {} and is {}"),
    key!("it makes {} more choice than there were"),
    key!("it makes {} more choices than there were"),
    key!("not the same choice as before: now {}"),
    // Before what stands in its first placeholder.
    key!("{} in the schedule `{}`; right would be, for example, `b2a` or `-`"),
    key!("an unexpected `{}`"),
    key!("a `(` without its `)`"),
    key!("no task's number between `(` and `)`"),
    key!("a bad count"),
    key!("too many choices"),
    // Files of traces.
    key!("not UTF-8; a trace is JSON lines"),
    key!("a line longer than {} bytes"),
    key!("not JSON ({}); {}"),
    key!("not a JSON object; {}"),
    key!("an event has no `{}`; {}"),
    key!("an event says one thing of a process; {}"),
    key!("neither header, event nor stop; {}"),
    key!("`after` {} is later than `by` {}; they say between which times it happened"),
    key!("right would be {}, and one of {}, or {}"),
    key!("{} was to go next, but only {} could"),
];

/// What an error of the engine's says, in the language that was chosen; what is not known comes as it is.
pub fn error(text: &str) -> String {
    match chosen() {
        Language::English => text.to_owned(),
        Language::Chinese => in_chinese(text),
    }
}

fn in_chinese(text: &str) -> String {
    let known = TEMPLATES.iter().find_map(|template| Some((*template, arguments(template, text)?)));
    let Some((template, arguments)) = known else {
        // FILE:LINE: what is wrong there.
        return match text.split_once(": ") {
            Some((place, what)) if is_place(place) => format!("{place}: {}", in_chinese(what)),
            _ => system(text),
        };
    };
    let arguments: Vec<String> = arguments.into_iter().map(in_chinese).collect();
    filled(catalogue().get(template).map_or(template, String::as_str), &arguments)
}

/// What the system answers most often, as strerror(3) and Rust's standard library say it.
const ANSWERS: &[&str] = &[
    key!("Operation not permitted"),
    key!("No such file or directory"),
    key!("No such process"),
    key!("Interrupted system call"),
    key!("Input/output error"),
    key!("Argument list too long"),
    key!("Exec format error"),
    key!("Bad file descriptor"),
    key!("No child processes"),
    key!("Resource temporarily unavailable"),
    key!("Cannot allocate memory"),
    key!("Permission denied"),
    key!("Text file busy"),
    key!("Device or resource busy"),
    key!("File exists"),
    key!("Not a directory"),
    key!("Is a directory"),
    key!("Invalid argument"),
    key!("Too many open files in system"),
    key!("Too many open files"),
    key!("Inappropriate ioctl for device"),
    key!("File too large"),
    key!("No space left on device"),
    key!("Illegal seek"),
    key!("Read-only file system"),
    key!("Broken pipe"),
    key!("File name too long"),
    key!("Function not implemented"),
    key!("Directory not empty"),
    key!("Too many levels of symbolic links"),
    key!("Disk quota exceeded"),
    key!("stream did not contain valid UTF-8"),
];

/// What the system has answered, in Chinese. The number stays, by which it is found in manuals.
pub fn system(text: &str) -> String {
    let (words, number) = text.find(" (os error ").map_or((text, ""), |at| text.split_at(at));
    let known = ANSWERS.iter().find_map(|answer| Some((words.strip_suffix(answer)?, catalogue().get(*answer)?)));
    known.map_or_else(|| text.to_owned(), |(before, chinese)| format!("{before}{chinese}{number}"))
}

fn is_place(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(_, line)| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What stands in the placeholders `{}`, if the template can have become this text.
fn arguments<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let (first, rest) = template.split_once("{}").unwrap_or((template, ""));
    let mut text = text.strip_prefix(first)?;
    if first.len() == template.len() {
        return text.is_empty().then(Vec::new);
    }
    let mut found = Vec::new();
    let mut pieces = rest.split("{}").peekable();
    while let Some(piece) = pieces.next() {
        let at = match pieces.peek() {
            // The last one takes all that is left.
            None => text.len().checked_sub(piece.len()).filter(|&at| text.get(at..) == Some(piece))?,
            Some(_) => text.find(piece)?,
        };
        found.push(&text[..at]);
        text = &text[at + piece.len()..];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn what_stands_in_the_placeholders_is_found() {
        assert_eq!(arguments("cannot {}: {}", "cannot go: it is: late"), Some(vec!["go", "it is: late"]));
        assert_eq!(arguments("a {} b", "a x b y b"), Some(vec!["x b y"]));
        assert_eq!(arguments("as it is", "as it is"), Some(vec![]));
        for (template, text) in [("as it is", "as it is not"), ("cannot {}: {}", "could not go: late"), ("{} b", "a")] {
            assert_eq!(arguments(template, text), None, "{template}: {text}");
        }
    }

    #[test]
    fn errors_are_said_in_chinese_down_to_their_causes() {
        let table = [
            (
                "cannot start the supervisor: Permission denied (os error 13)",
                "无法启动监督进程：权限不够 (os error 13)",
            ),
            (
                "the supervisor went away or answered something else: EOF while parsing",
                "监督进程已经不在，或者答非所问：EOF while parsing",
            ),
            (
                "the schedule b2a does not fit: at step 3, b was to go next, but only a, c could",
                "调度方案 b2a 对不上：第 3 步，本该轮到 b，但能走的只有 a, c",
            ),
            (
                "an unexpected `?` in the schedule `?`; right would be, for example, `b2a` or `-`",
                "意外的 `?`（调度方案 `?`）；正确的写法例如 `b2a` 或 `-`",
            ),
            ("f.jsonl:2: not UTF-8; a trace is JSON lines", "f.jsonl:2: 不是 UTF-8；记录文件是一行一个 JSON"),
            ("nobody knows this: one", "nobody knows this: one"),
        ];
        for (english, chinese) in table {
            assert_eq!(in_chinese(english), chinese);
        }
    }

    #[test]
    fn the_engine_still_says_so() {
        fn read(folder: &Path, all: &mut String) {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match entry.is_dir() {
                    true => read(&entry, all),
                    false => *all += &fs::read_to_string(entry).unwrap(),
                }
            }
        }
        let mut sources = String::new();
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../interleave/src"), &mut sources);
        // Literals go on after a backslash at the end of a line.
        let mut lines = sources.split("\\\n");
        let first = lines.next().unwrap().to_owned();
        let sources = lines.fold(first, |all, line| all + line.trim_start());
        for template in TEMPLATES {
            let template =
                template.replace(" choices than", " choice{} than").replace(" choice than", " choice{} than");
            for piece in template.split("{}").map(|piece| piece.trim_matches([' ', ':', ';', ','])) {
                assert!(sources.contains(piece), "nobody in the engine says {piece:?} any more, of {template:?}");
            }
        }
    }
}
