//! `README.zh-CN.md`: the course's README in Chinese, made from the English one and its translations.

use std::path::{Path, PathBuf};

use anyhow::Result;
use polib::catalog::Catalog;
use pulldown_cmark::{Event, Tag};

use crate::lesson::{anchors, markdown};
use crate::translate::{LANGUAGE, SWITCH, events};

/// Where it is.
pub fn file() -> PathBuf {
    format!("README.{LANGUAGE}.md").into()
}

/// Its text. Links to a place in it lead to the place in Chinese: GitHub names places by their headings.
///
/// # Errors
/// If the README cannot be read, or a translation is no Markdown of the same kind.
pub fn text(root: &Path, catalog: &Catalog) -> Result<String> {
    let english = crate::read(root, Path::new("README.md"))?;
    let translated = events(&english, Some(catalog))?;
    let places: Vec<(String, String)> =
        anchors(&events(&english, None)?).into_iter().zip(anchors(&translated)).collect();
    let translated: Vec<Event> = translated
        .into_iter()
        .map(|event| match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let place =
                    dest_url.strip_prefix('#').and_then(|place| places.iter().find(|(english, _)| english == place));
                let dest_url = place.map_or(dest_url.clone(), |(_, chinese)| format!("#{chinese}").into());
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            other => other,
        })
        .collect();
    let text = markdown(&translated)?;
    let (heading, rest) = text.split_once('\n').unwrap_or((&text, ""));
    Ok(format!(
        "{heading}\n\n[English](README.md)\n\n<!-- Made from README.md and po/{LANGUAGE}.po by `cargo xtask book --update`. -->\n{rest}"
    )
    .replace("<!-- i18n:skip -->\n\n", "")
    .replace(SWITCH, ""))
}
