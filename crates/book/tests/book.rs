//! The book from outside, written without running a program: every page is there in both languages, and its links lead
//! somewhere.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// One book is written at a time: what it is made from lies in one folder.
static WRITING: Mutex<()> = Mutex::new(());

/// The book, written once for all tests here.
static BOOK: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_book"))
        .args(["--unverified", "--output"])
        .arg(folder.path().join("book"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
});

fn page(language: &str, name: &str) -> String {
    let file = BOOK.path().join("book").join(language).join(name).with_extension("html");
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What stands between the sidebar and the scripts.
fn content(language: &str, name: &str) -> String {
    let page = page(language, name);
    let start = page.find("<main>").unwrap();
    page[start..page.find("</main>").unwrap()].to_owned()
}

fn lessons() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let names = fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let lessons: Vec<String> = names.filter(|name| name.ends_with("_demo")).collect();
    assert_eq!(lessons.len(), 12);
    lessons
}

/// The values of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    html.split(opening.as_str()).skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect()
}

#[test]
fn every_program_has_a_diagram_beside_its_notes() {
    for lesson in lessons() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&lesson);
        let notes = fs::read_to_string(folder.join("README.md")).unwrap();
        let programs = notes.lines().filter_map(|line| line.strip_prefix("```text transcript "));
        // Of a program that only measures there is nothing to draw.
        for program in programs.filter(|program| !program.ends_with("_cost_demo")) {
            assert!(notes.contains(&format!("]({program}.svg")), "{lesson} shows no run of {program}");
            assert!(folder.join(format!("{program}.svg")).is_file(), "{lesson}/{program}.svg");
        }
    }
}

#[test]
fn diagrams_of_the_chinese_book_are_in_chinese() {
    for lesson in lessons() {
        let content = content("zh-CN", &lesson);
        let told = content.split("<text class=\"halo quiet\"").skip(1).filter_map(|text| {
            let text = &text[text.find('>')? + 1..];
            Some(&text[..text.find('<')?])
        });
        // What a process does, unless it is the rest of a sentence that had to be broken, is said in Chinese.
        for text in told.filter(|text| text.len() > 12) {
            assert!(!text.is_ascii(), "{lesson}: {text}");
        }
    }
}

#[test]
fn every_lesson_is_there_in_both_languages() {
    for lesson in lessons() {
        for language in LANGUAGES {
            let content = content(language, &lesson);
            assert!(content.contains("class=\"claims\""), "{language}/{lesson} has claims");
            assert!(content.contains("<svg"), "{language}/{lesson} has its diagram");
            assert!(content.contains("class=\"predict\""), "{language}/{lesson} asks something");
            assert!(content.contains(&format!("id=\"code-{lesson}\"")), "{language}/{lesson} has its code");
            let other = if language == "en" { "zh-CN" } else { "en" };
            assert!(
                content.contains(&format!("href=\"../{other}/{lesson}.html\"")),
                "{language}/{lesson} can be switched"
            );
        }
    }
    assert!(BOOK.path().join("book/index.html").is_file());
}

#[test]
fn chinese_pages_are_chinese() {
    for name in lessons().into_iter().chain(["index".to_owned(), "claims".to_owned()]) {
        let content = content("zh-CN", &name);
        // Paragraphs only: code, and what programs print, is in no language.
        for paragraph in content.split("<p>").skip(1).map(|rest| &rest[..rest.find("</p>").unwrap()]) {
            let plain = without_tags(paragraph);
            // What has an underscore is a name.
            let words = plain.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
            let words = words.filter(|word| word.len() > 2 && !word.contains('_')).count();
            let chinese = plain.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
            assert!(words < 12 || chinese > words, "{name}: {plain}");
        }
    }
    // What has no translation says so.
    assert!(content("zh-CN", "security").contains("本页只有英文版"));
    assert!(!content("en", "security").contains("本页只有英文版"));
}

fn without_tags(html: &str) -> String {
    let mut plain = String::new();
    let mut is_code = false;
    for part in html.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        is_code = tag.starts_with("code") || (is_code && !tag.starts_with("/code"));
        if !is_code {
            plain.push_str(text);
        }
    }
    plain
}

#[test]
fn links_lead_somewhere() {
    let book = BOOK.path().join("book");
    let mut ids: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let mut pages = Vec::new();
    for language in LANGUAGES {
        for entry in fs::read_dir(book.join(language)).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "html") {
                let html = fs::read_to_string(&file).unwrap();
                ids.insert(file.clone(), attributes(&html, "id").into_iter().map(str::to_owned).collect());
                pages.push((file, html));
            }
        }
    }
    let mut looked_at = 0;
    for (file, html) in &pages {
        if file.ends_with("404.html") {
            continue; // it is made for any address
        }
        for link in attributes(html, "href") {
            if link.contains("://") || link.starts_with("mailto:") || link == "#" {
                continue;
            }
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{}: {link} leads nowhere", file.display()));
            if let (false, Some(ids)) = (fragment.is_empty(), ids.get(&target)) {
                let fragment = decoded(fragment);
                assert!(ids.contains(&fragment), "{}: there is no #{fragment} in {}", file.display(), target.display());
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 500, "{looked_at}");
}

/// An address with its `%E7%88%B6` read.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_python_programs_stand_beside_ours() {
    let content = content("en", "ordering_demo");
    assert!(content.contains("tests/programs/ordering.py"));
    assert!(
        content.contains("cargo xtask verify ordering_demo --program 'python3 tests/programs/ordering.py'")
            || content
                .contains("cargo xtask verify ordering_demo --program &#39;python3 tests/programs/ordering.py&#39;")
            || content
                .contains("cargo xtask verify ordering_demo --program &#x27;python3 tests/programs/ordering.py&#x27;")
    );
}

/// Whether translations are fresh is asked by CI alone: whoever mends a sentence need not know Chinese. So are the diagrams of
/// pools, whose processes do something else where there are more processors.
#[test]
fn the_diagrams_beside_the_notes_are_of_the_programs_as_they_are() {
    let output = Command::new(env!("CARGO_BIN_EXE_book")).arg("--check").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("texts are translated"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let stale = said.lines().filter(|line| line.contains("is not as the program runs now"));
    let stale: Vec<&str> = stale.filter(|line| !line.contains("pool_demo")).collect();
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

/// The book, to be printed by this browser, where programs are looked for in `path`.
fn print(folder: &Path, path: &str, browser: Option<&str>) -> std::process::Output {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
    command.args(["--unverified", "--pdf", "--output"]).arg(folder.join("book")).env("PATH", path);
    match browser {
        Some(browser) => command.env("CHROME", browser),
        None => command.env_remove("CHROME"),
    };
    command.output().unwrap()
}

#[test]
fn without_a_browser_there_is_no_pdf_and_it_is_said_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let output = print(folder.path(), "/nowhere", None);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("apt install chromium") && said.contains("CHROME="), "{said}");
    assert!(!folder.path().join("book").exists(), "said before anything is written");
}

#[test]
fn a_browser_that_prints_nothing_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let output = print(folder.path(), &std::env::var("PATH").unwrap(), Some("true"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("true has not printed") && said.contains("course-en.pdf"), "{said}");
}

#[test]
fn the_book_is_printed_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let output = print(folder.path(), &std::env::var("PATH").unwrap(), None);
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("a PDF is printed by Chromium or Chrome, and neither is here") {
        eprintln!("no browser: the book was not printed");
        return;
    }
    assert!(output.status.success(), "{said}");
    for language in LANGUAGES {
        let pdf = fs::read(folder.path().join(format!("book/course-{language}.pdf"))).unwrap();
        let pages = pdf.windows(11).filter(|bytes| bytes == b"/Type /Page").count();
        assert!(pdf.starts_with(b"%PDF") && pages > 100, "{language}: {pages} pages");
    }
}
