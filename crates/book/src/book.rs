//! The book as files: Markdown for mdBook, what it makes of that, and what the figures read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use interleave_claims::notes::Course;
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use serde_json::{Value, json};

use crate::lesson::Writer;
use crate::pages::Part;
use crate::survey::{Coverage, Surveys};
use crate::words::Language;

/// What each page has beside its text.
const FILES: [(&str, &str); 4] = [
    ("book.css", include_str!("theme/book.css")),
    ("figure.js", include_str!("theme/figure.js")),
    ("predict.js", include_str!("theme/predict.js")),
    ("speak.js", include_str!("theme/speak.js")),
];

/// What a book is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be read page by page.
    Screen,
    /// To be printed: it also has one page of all, `print.html`, on which each figure to play with has the same name as on its own.
    Paper,
}

/// Writes the book in one language into the folder `output`/LANGUAGE, by way of Markdown in `work`/LANGUAGE.
///
/// # Errors
/// If something cannot be read or written, or mdBook refuses it.
pub fn write(writer: &Writer, purpose: Purpose, work: &Path, output: &Path) -> Result<()> {
    let language = writer.language;
    let words = language.words();
    let folder = work.join(language.code());
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let source = folder.join("src");
    fs::create_dir_all(&source).with_context(|| format!("cannot make {}", source.display()))?;
    let mut summary = String::from("# Summary\n\n");
    let mut part = Part::Front;
    for page in writer.pages {
        if page.part != part {
            part = page.part;
            let title = if part == Part::Lesson { words.lessons } else { words.reference };
            summary += &format!("\n# {title}\n\n");
        }
        let bullet = if part == Part::Front { "" } else { "- " };
        summary += &format!("{bullet}[{}]({}.md)\n", writer.title(page)?, page.name);
        save(&source.join(&page.name).with_extension("md"), &writer.page(page)?)?;
    }
    save(&source.join("SUMMARY.md"), &summary)?;
    for (name, text) in FILES {
        save(&folder.join(name), text)?;
    }
    let script = serde_json::to_string(&words.script)?;
    save(&folder.join("words.js"), &format!("window.bookWords = {script};\n"))?;

    let mut book = MDBook::load_with_config(&folder, config(language, output)?)?;
    book.config.set("output.html.print.enable", purpose == Purpose::Paper)?;
    book.build().with_context(|| format!("mdBook cannot build {}", folder.display()))
}

fn config(language: Language, output: &Path) -> Result<Config> {
    let words = language.words();
    let mut config = Config::default();
    config.book.title = Some(words.title.to_owned());
    config.book.description = Some(words.description.to_owned());
    config.book.language = Some(language.code().to_owned());
    config.build.build_dir = output.join(language.code());
    // README.md is no page of ours, and {{#include}} is not in the notes.
    config.build.use_default_preprocessors = false;
    config.build.create_missing = false;
    config.set("output.html.additional-css", ["book.css"])?;
    config.set("output.html.additional-js", ["words.js", "figure.js", "predict.js", "speak.js"])?;
    config.set("output.html.playground.runnable", false)?;
    config.set("output.html.no-section-label", true)?;
    config.set("output.html.default-theme", "light")?;
    config.set("output.html.preferred-dark-theme", "navy")?;
    // Its search knows words by the spaces between them, and Chinese has none.
    config.set("output.html.search.enable", language == Language::English)?;
    Ok(config)
}

/// What both languages share: the orders of the programs, and the page on which a reader comes in.
///
/// # Errors
/// If it cannot be written.
pub fn write_shared(course: &Course, surveys: &Surveys, output: &Path) -> Result<()> {
    let figures = output.join("figures");
    fs::create_dir_all(&figures).with_context(|| format!("cannot make {}", figures.display()))?;
    for (lesson, program) in course.programs() {
        let name = program.name();
        let Some(survey) = surveys.get(name) else { continue };
        let Some(orders) = &survey.orders else { continue };
        let is_proof = survey.explored.as_ref().is_some_and(Coverage::is_proof);
        let is_complete = is_proof && !orders.are_cut;
        let tasks: Vec<Value> = survey
            .tasks(lesson, surveys)
            .into_iter()
            .map(|(number, breaks)| json!({ "number": number, "breaks": breaks }))
            .collect();
        let data = json!({ "orders": orders, "complete": is_complete, "tasks": tasks });
        let script = format!("(window.bookFigures = window.bookFigures || {{}})[{name:?}] = {data};\n");
        save(&figures.join(name).with_extension("js"), &script)?;
    }
    save(&output.join("index.html"), include_str!("theme/index.html"))
}

fn save(path: &PathBuf, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
