//! The book in another language: its texts as messages of gettext, in `po/LANGUAGE.po`.
//!
//! A message is a paragraph, a heading, an item or a cell of the notes, as `mdbook-i18n-helpers` cuts them, or the words of
//! a claim. What stands in the notes is looked up by its text, so a text that has changed has no translation until somebody
//! has looked at it again.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use interleave_claims::notes::Course;
use mdbook_i18n_helpers::{extract_events, extract_messages, translate_events};
use polib::catalog::Catalog;
use polib::message::{Message, MessageMutView};
use polib::metadata::CatalogMetadata;
use pulldown_cmark::{Event, Tag, TagEnd};

use crate::pages::Page;

/// The language that the book is translated into.
pub const LANGUAGE: &str = "zh-CN";

/// How alike an old text has to be for its translation to be kept as a proposal.
const ALIKE: f64 = 0.6;

/// Where the translations are.
pub fn file(root: &Path) -> PathBuf {
    root.join("po").join(LANGUAGE).with_extension("po")
}

/// The translations.
///
/// # Errors
/// If the file cannot be read.
pub fn catalog(root: &Path) -> Result<Catalog> {
    let file = file(root);
    if !file.exists() {
        return Ok(Catalog::new(metadata()));
    }
    polib::po_file::parse(&file).map_err(|error| anyhow!("cannot read {}: {error}", file.display()))
}

/// A text of the book, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where: files, of which some have a line.
    pub at: Vec<String>,
}

/// All texts that the book has in each language.
///
/// # Errors
/// If a page cannot be read.
pub fn texts(root: &Path, pages: &[Page], course: &Course) -> Result<Vec<Text>> {
    let mut texts: Vec<Text> = Vec::new();
    let mut add = |text: String, at: String| match texts.iter_mut().find(|known| known.text == text) {
        Some(known) if known.at.contains(&at) => {}
        Some(known) => known.at.push(at),
        None => texts.push(Text { text, at: vec![at] }),
    };
    for page in pages.iter().filter(|page| page.is_translated) {
        let markdown = crate::read(root, &page.source)?;
        let messages = extract_messages(&prepared(&markdown))
            .map_err(|error| anyhow!("{}: cannot be cut into messages: {error}", page.source.display()))?;
        for (_, message) in messages.into_iter().filter(|(_, message)| has_words(&message.message)) {
            add(message.message, page.source.display().to_string());
        }
    }
    for page in pages.iter().filter(|page| !page.is_translated) {
        // The table of contents is in one language.
        let title = title(&events(&crate::read(root, &page.source)?, None)?);
        add(title, page.source.display().to_string());
    }
    for (lesson, program) in course.programs() {
        let at = lesson.file.display().to_string();
        for claim in &program.claims.claims {
            add(claim.says.clone(), at.clone());
        }
        for text in program.claims.unexplored.iter() {
            add(text.clone(), at.clone());
        }
        for role in &program.claims.roles {
            add(role.name.clone(), at.clone());
        }
    }
    for says in interleave_claims::check::unsaid() {
        add(says.to_owned(), "crates/claims/src/check/rules.rs".to_owned());
    }
    Ok(texts)
}

/// Whether there is anything to translate in a text: words that are neither code, nor an address, nor Chinese already.
fn has_words(text: &str) -> bool {
    let mut is_code = false;
    extract_events(text, None).iter().any(|(_, event)| match event {
        Event::Start(Tag::CodeBlock(_)) => {
            is_code = true;
            false
        }
        Event::Text(text) if !is_code => text.contains(|c: char| c.is_ascii_alphabetic()) && !is_chinese(text),
        Event::Text(text) => text.contains("# "),
        _ => false,
    })
}

/// Whether a text is Chinese already; what stands between braces is a name.
fn is_chinese(text: &str) -> bool {
    let mut depth = 0;
    let mut is_chinese = false;
    for c in text.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        is_chinese |= ('\u{4e00}'..='\u{9fff}').contains(&c);
        if depth == 0 && c.is_ascii_alphabetic() {
            return false;
        }
    }
    is_chinese
}

/// What is wrong with the translations.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Staleness {
    /// Texts without a translation, each with where it stands.
    pub missing: Vec<(String, String)>,
    /// Texts whose translation is of an older text, and only a proposal.
    pub fuzzy: Vec<(String, String)>,
    /// Translations of what stands nowhere.
    pub unused: Vec<String>,
}

impl Staleness {
    /// Whether every text has its translation, and none is left over.
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.fuzzy.is_empty() && self.unused.is_empty()
    }
}

/// Compares the translations with the texts.
pub fn staleness(catalog: &Catalog, texts: &[Text]) -> Staleness {
    let mut staleness = Staleness::default();
    for text in texts {
        let at = text.at.first().cloned().unwrap_or_default();
        match catalog.find_message(None, &text.text, None) {
            Some(message) if message.is_fuzzy() => staleness.fuzzy.push((at, text.text.clone())),
            Some(message) if message.is_translated() => {}
            _ => staleness.missing.push((at, text.text.clone())),
        }
    }
    let known: HashSet<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    let unused = catalog.messages().map(|message| message.msgid().to_owned());
    staleness.unused = unused.filter(|text| !known.contains(text.as_str())).collect();
    staleness
}

/// Writes the file anew: every text in its order, with the translation that there is. Where a text has changed a little, the
/// translation of the old one is kept as a proposal (`fuzzy`), which the book does not use.
///
/// # Errors
/// If it cannot be written.
pub fn update(root: &Path, texts: &[Text]) -> Result<()> {
    let old = catalog(root)?;
    let known: HashSet<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    let left: BTreeMap<&str, &str> = old
        .messages()
        .filter(|message| !known.contains(message.msgid()))
        .filter_map(|message| Some((message.msgid(), message.msgstr().ok()?)))
        .filter(|(_, translation)| !translation.is_empty())
        .collect();
    let mut catalog = Catalog::new(metadata());
    for text in texts {
        let mut message = Message::build_singular()
            .with_source(text.at.join("\n"))
            .with_msgid(text.text.clone())
            .with_msgstr(String::new())
            .done();
        match old.find_message(None, &text.text, None) {
            Some(known) if known.is_translated() => {
                message.set_msgstr(known.msgstr().unwrap_or_default().to_owned())?;
                *message.flags_mut() = known.flags().clone();
            }
            _ => {
                let like = |other: &str| strsim::normalized_levenshtein(other, &text.text);
                let nearest = left.iter().map(|(other, translation)| (like(other), *translation));
                let nearest =
                    nearest.filter(|(alike, _)| *alike > ALIKE).max_by(|one, other| one.0.total_cmp(&other.0));
                if let Some((_, translation)) = nearest {
                    message.set_msgstr(translation.to_owned())?;
                    message.flags_mut().add_flag("fuzzy");
                }
            }
        }
        catalog.append_or_update(message);
    }
    let file = file(root);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    polib::po_file::write(&catalog, &file).with_context(|| format!("cannot write {}", file.display()))
}

fn metadata() -> CatalogMetadata {
    CatalogMetadata {
        project_id_version: "The process course".to_owned(),
        mime_version: "1.0".to_owned(),
        content_type: "text/plain; charset=UTF-8".to_owned(),
        content_transfer_encoding: "8bit".to_owned(),
        language: LANGUAGE.replace('-', "_"),
        ..CatalogMetadata::new()
    }
}

/// A short text in another language, or as it is.
pub fn say(catalog: Option<&Catalog>, text: &str) -> String {
    let found = catalog.and_then(|catalog| catalog.find_message(None, text, None));
    let found = found.filter(|message| message.is_translated() && !message.is_fuzzy());
    found.and_then(|message| message.msgstr().ok()).unwrap_or(text).to_owned()
}

/// A page's Markdown as events; in another language if there is a catalog.
///
/// # Errors
/// If a translation is no Markdown of the same kind as its text.
pub fn events(markdown: &str, catalog: Option<&Catalog>) -> Result<Vec<Event<'static>>> {
    let prepared = prepared(markdown);
    let events = extract_events(&prepared, None);
    let still = |events: &[(usize, Event)]| events.iter().map(|(_, event)| event.clone().into_static()).collect();
    match catalog {
        None => Ok(still(&events)),
        Some(catalog) => {
            let translated = translate_events(&events, catalog);
            Ok(still(&translated.map_err(|error| anyhow!("cannot be translated: {error}"))?))
        }
    }
}

/// What a page is called: the text of its first heading.
pub fn title(events: &[Event]) -> String {
    let heading = events.iter().skip_while(|event| !matches!(event, Event::Start(Tag::Heading { .. })));
    heading.take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_)))).map(text_of).collect()
}

/// The text of an event, without any mark-up.
pub fn text_of(event: &Event) -> String {
    match event {
        Event::Text(text) | Event::Code(text) => text.to_string(),
        Event::SoftBreak | Event::HardBreak => " ".to_owned(),
        _ => String::new(),
    }
}

/// The Markdown with what is no text marked as such: claims and transcripts are in no language, and a folded question is
/// unfolded, for its words would be HTML otherwise.
fn prepared(markdown: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    let mut folds_claims = false;
    for line in markdown.lines().filter(|line| *line != SWITCH) {
        let (indent, content) = line.split_at(line.len() - line.trim_start().len());
        let ticks = content.len() - content.trim_start_matches('`').len();
        if let Some(open) = &fence {
            if ticks >= open.len() && content.trim_end().len() == ticks {
                fence = None;
            }
        } else if ticks >= 3 {
            fence = Some(content[..ticks].to_owned());
            let info = content[ticks..].trim();
            if ["toml claims", "text", "console", "rust"].contains(&info) || info.starts_with("text transcript") {
                out += &format!("{indent}<!-- i18n:skip -->\n\n");
            }
        } else if content == FOLDED_CLAIMS {
            folds_claims = true;
            continue;
        } else if content == "</details>" && folds_claims {
            folds_claims = false;
            continue;
        } else if let Some(question) = content.strip_prefix("<details><summary>") {
            let question = question.trim_end_matches("</summary>");
            out += &format!("<details class=\"predict\">\n<summary>\n\n{question}\n\n</summary>\n");
            continue;
        }
        out += line;
        out.push('\n');
    }
    out
}

/// How the README leads to the one in the other language; the book has its own way.
pub const SWITCH: &str = "[中文](README.zh-CN.md)";

/// How a block of claims is folded away in the notes.
const FOLDED_CLAIMS: &str = "<details><summary>claims</summary>";

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "\
# A page

<details><summary>How many? (1 · 2)</summary>

**2**: of course.

</details>

```text transcript p
hello
```

<details><summary>claims</summary>

```toml claims
says = \"it is so\"
```

</details>

- an item
";

    fn messages(markdown: &str) -> Vec<String> {
        extract_messages(&prepared(markdown)).unwrap().into_iter().map(|(_, message)| message.message).collect()
    }

    #[test]
    fn what_is_text_is_a_message_and_nothing_else() {
        assert_eq!(messages(NOTES), ["A page", "How many? (1 · 2)", "**2**: of course.", "an item"]);
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// Where the links and pictures of a text lead.
    fn links(text: &str) -> Vec<String> {
        let mut links: Vec<String> = extract_events(text, None)
            .into_iter()
            .filter_map(|(_, event)| match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
                _ => None,
            })
            .collect();
        links.sort();
        links
    }

    fn strong(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut depth = 0;
        for (_, event) in extract_events(text, None) {
            match event {
                Event::Start(Tag::Strong) => {
                    depth += 1;
                    found.push(String::new());
                }
                Event::End(TagEnd::Strong) => depth -= 1,
                other if depth > 0 => found.last_mut().unwrap().push_str(&text_of(&other)),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn translations_lead_where_their_texts_do() {
        let catalog = catalog(&root()).unwrap();
        let mut translated = 0;
        for message in catalog.messages().filter(|message| message.is_translated()) {
            let (text, translation) = (message.msgid(), message.msgstr().unwrap());
            assert_eq!(links(text), links(translation), "{text}");
            // What Markdown does not take for a mark stays in the text.
            let plain: String = extract_events(translation, None).iter().map(|(_, event)| text_of(event)).collect();
            assert!(text.starts_with("```") || !plain.contains("**"), "a mark is not seen as one: {translation}");
            assert!(text.contains('_') || !translation.contains("*_"), "{translation}");
            translated += 1;
        }
        assert!(translated > 500, "{translated}");
    }

    /// A reader's guess is compared with the first bold words of the answer.
    #[test]
    fn of_the_choices_one_is_the_answer_in_every_language() {
        let catalog = catalog(&root()).unwrap();
        let choices = |question: &str| -> Option<Vec<String>> {
            let inside = question.trim_end_matches([')', '）']).rsplit(['(', '（']).next()?;
            inside.contains(" · ").then(|| inside.split('·').map(|choice| choice.trim().to_owned()).collect())
        };
        let mut questions = 0;
        let course = Course::read(&root()).unwrap();
        for lesson in &course.lessons {
            let notes = crate::read(&root(), &lesson.file).unwrap();
            for (index, _) in notes.match_indices("<details><summary>") {
                let rest = &notes[index + "<details><summary>".len()..];
                let (question, rest) = rest.split_once("</summary>").unwrap();
                if question == "claims" {
                    continue;
                }
                let answer = rest.split_once("</details>").unwrap().0.trim();
                let answer = extract_messages(answer).unwrap()[0].1.message.clone();
                for catalog in [None, Some(&catalog)] {
                    let (question, answer) = (say(catalog, question), say(catalog, &answer));
                    let right = strong(&answer).into_iter().next().unwrap_or_else(|| panic!("{question}: {answer}"));
                    match choices(&question) {
                        Some(choices) => assert!(choices.contains(&right), "{question}: {right}"),
                        None => assert!(right.parse::<u32>().is_ok(), "{question}: {right} is not easily guessed"),
                    }
                    questions += 1;
                }
            }
        }
        assert!(questions >= 2 * 24, "{questions}");
    }

    #[test]
    fn a_changed_text_is_stale_and_its_old_translation_a_proposal() {
        let folder = tempfile::tempdir().unwrap();
        let text = |text: &str| Text { text: text.to_owned(), at: vec!["a.md".to_owned()] };
        update(folder.path(), &[text("the parent waits for its child"), text("gone")]).unwrap();
        let mut catalog = catalog(folder.path()).unwrap();
        assert_eq!(staleness(&catalog, &[text("gone")]).missing.len(), 1);
        for mut message in catalog.messages_mut() {
            message.set_msgstr("译文".to_owned()).unwrap();
        }
        polib::po_file::write(&catalog, &file(folder.path())).unwrap();
        let now = [text("the parent waits for its children"), text("something new and different")];
        let found = staleness(&self::catalog(folder.path()).unwrap(), &now);
        assert_eq!((found.missing.len(), found.fuzzy.len(), found.unused.len()), (2, 0, 2));
        update(folder.path(), &now).unwrap();
        let catalog = self::catalog(folder.path()).unwrap();
        let found = staleness(&catalog, &now);
        assert_eq!((found.missing.len(), found.fuzzy.len(), found.unused.len()), (1, 1, 0));
        assert_eq!(say(Some(&catalog), &now[0].text), now[0].text, "a proposal is not used");
    }
}
