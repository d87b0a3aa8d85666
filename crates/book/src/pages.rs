//! The pages of the book: the course's own Markdown files, where they are.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use interleave_claims::notes::Course;

/// Which of the book's parts a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the course is.
    Front,
    /// A lesson.
    Lesson,
    /// What there is to look up.
    Reference,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The Markdown file, seen from the course's folder.
    pub source: PathBuf,
    /// What it is called in the book, without an ending: its file is that with `.html`.
    pub name: String,
    /// Where it stands.
    pub part: Part,
    /// Whether it is to be there in every language.
    pub is_translated: bool,
}

/// All pages, in order.
///
/// # Errors
/// If a folder cannot be read.
pub fn pages(root: &Path, course: &Course) -> Result<Vec<Page>> {
    let page = |source: &str, name: &str, part, is_translated| Page {
        source: source.into(),
        name: name.to_owned(),
        part,
        is_translated,
    };
    let mut pages = vec![page("README.md", "index", Part::Front, true)];
    for lesson in &course.lessons {
        pages.push(page(&format!("crates/{}/README.md", lesson.name), &lesson.name, Part::Lesson, true));
    }
    pages.push(page("docs/claims.md", "claims", Part::Reference, true));
    pages.push(page("docs/how-verify-works.md", "how-verify-works", Part::Reference, false));
    let mut others = Vec::new();
    for entry in fs::read_dir(root.join("docs")).context("cannot read docs/")? {
        let name = entry?.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".md")) else { continue };
        let source = PathBuf::from(format!("docs/{name}.md"));
        if pages.iter().all(|page| page.source != source) {
            others.push(Page { source, name: name.to_owned(), part: Part::Reference, is_translated: false });
        }
    }
    others.sort_by(|one, other| one.name.cmp(&other.name));
    pages.extend(others);
    pages.push(page("exercises/README.md", "exercises", Part::Reference, false));
    pages.push(page("crates/multiprocess/README.md", "multiprocess", Part::Reference, false));
    pages.push(page("CONTRIBUTING.md", "contributing", Part::Reference, false));
    Ok(pages)
}

/// Where a link of a page leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// To an address as it is, or within the page.
    AsItIs,
    /// To another page, or to a place on it.
    Page(String),
    /// To a file or folder of the course that is no page: seen from the course's folder.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// Where `link`, which stands in the file `source`, leads.
pub fn target(root: &Path, pages: &[Page], source: &Path, link: &str) -> Target {
    if link.starts_with('#') || link.contains("://") || link.starts_with("mailto:") {
        return Target::AsItIs;
    }
    let (path, fragment) = match link.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (link, String::new()),
    };
    let path = normal(&source.parent().unwrap_or(Path::new("")).join(path));
    let found = pages.iter().find(|page| page.source == path || page.source == path.join("README.md"));
    match found {
        Some(page) => Target::Page(format!("{}.md{fragment}", page.name)),
        // The Chinese front page is the same page in another language.
        None if path == Path::new("README.zh-CN.md") => Target::Page(format!("index.md{fragment}")),
        None if root.join(&path).exists() => Target::File(path),
        None => Target::Nowhere,
    }
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// What a heading's place on its page is called: as on GitHub, and as mdBook does it.
pub fn anchor(heading: &str, used: &mut Vec<String>) -> String {
    let kept = heading.trim().to_lowercase();
    let id: String = kept
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect();
    let same = used.iter().filter(|other| **other == id).count();
    used.push(id.clone());
    if same == 0 { id } else { format!("{id}-{same}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_where_there_is_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let page = |source: &str, name: &str| Page {
            source: source.into(),
            name: name.into(),
            part: Part::Lesson,
            is_translated: true,
        };
        let pages = [page("README.md", "index"), page("crates/spawn_demo/README.md", "spawn_demo")];
        let target = |link| target(&root, &pages, Path::new("crates/ordering_demo/README.md"), link);
        assert_eq!(target("../spawn_demo"), Target::Page("spawn_demo.md".into()));
        assert_eq!(target("../spawn_demo/README.md#what-you-see"), Target::Page("spawn_demo.md#what-you-see".into()));
        assert_eq!(target("../../README.md"), Target::Page("index.md".into()));
        assert_eq!(target("src/main.rs"), Target::File("crates/ordering_demo/src/main.rs".into()));
        assert_eq!(target("src/nothing.rs"), Target::Nowhere);
        assert_eq!(target("https://example.org/README.md"), Target::AsItIs);
        assert_eq!(target("#here"), Target::AsItIs);
    }

    #[test]
    fn anchors_are_those_of_github() {
        let mut used = Vec::new();
        assert_eq!(anchor("Without `join`".replace('`', "").as_str(), &mut used), "without-join");
        assert_eq!(anchor("Who ends first (父子进程的先后顺序)", &mut used), "who-ends-first-父子进程的先后顺序");
        assert_eq!(anchor("Without join", &mut used), "without-join-1");
    }
}
