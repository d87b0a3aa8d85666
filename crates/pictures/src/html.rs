//! A page that a browser shows without anything else: no network, no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::picture::{Kind, Picture};
use crate::speech::{say, speech};
use crate::svg::{STYLE, drawing};
use crate::words;

const PAGE_STYLE: &str = include_str!("page.css");

/// Runs as a page in one file: for each its diagram, what is printed, what happens in words, and how to see it again.
///
/// The page says that nothing may be loaded and no script may run, so that whatever a program has printed does nothing.
pub fn html(pictures: &[Picture]) -> String {
    let program = pictures.first().map_or_else(String::new, |picture| words::printable(&picture.program).into_owned());
    let page = html! {
        (DOCTYPE)
        html lang=(speech().code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (say!("{}: pictures of its runs", program)) }
                style { (PreEscaped(STYLE)) (PreEscaped(PAGE_STYLE)) }
            }
            "\n"
            body class="picture" {
                h1 { (program) }
                @if pictures.len() > 1 { (contents(pictures)) }
                main {
                    @for (number, picture) in pictures.iter().enumerate() { (section(picture, number + 1)) }
                }
            }
        }
    };
    page.into_string() + "\n"
}

impl Picture {
    /// The run as a page in one file; see [`html()`].
    pub fn html(&self) -> String {
        html(std::slice::from_ref(self))
    }
}

fn contents(pictures: &[Picture]) -> Markup {
    html! {
        nav aria-label=(say!("Runs")) {
            ol {
                @for (number, picture) in pictures.iter().enumerate() {
                    li { a href={ "#run-" (number + 1) } { (heading(picture, number + 1)) } }
                    "\n"
                }
            }
        }
        "\n"
    }
}

fn heading(picture: &Picture, number: usize) -> String {
    let subtitle = words::subtitle(picture);
    if subtitle.is_empty() { say!("Run {}", number) } else { say!("Run {}: {}", number, subtitle) }
}

fn section(picture: &Picture, number: usize) -> Markup {
    let id = format!("run-{number}");
    html! {
        section id=(id) aria-labelledby={ (id) "-heading" } {
            h2 id={ (id) "-heading" } { (heading(picture, number)) }
            "\n"
            // Wide pictures are scrolled, by the keyboard too.
            div class="scroll" tabindex="0" role="group" aria-label=(say!("Space-time diagram")) { (drawing(picture, &id, false)) }
            "\n"
            (in_words(picture, &id, ""))
            @if let Some(beside) = &picture.beside {
                (in_words(beside, &format!("{id}-beside"), &say!(" in the run beside it")))
            }
        }
        "\n"
    }
}

/// A run in words; `which` says which of two runs it is.
fn in_words(picture: &Picture, id: &str, which: &str) -> Markup {
    let printed = picture.moments.iter().filter(|moment| matches!(moment.kind, Kind::Line | Kind::Garbled));
    let printed: Vec<_> = printed.map(|moment| words::printable(&moment.text)).collect();
    html! {
        @if let Some(again) = picture.replay.as_ref().or(picture.schedule.as_ref()) {
            p {
                (if picture.replay.is_some() { say!("To see again what happens{}: ", which) } else { say!("The schedule of what happens{}: ", which) })
                code tabindex="0" { (words::printable(again)) }
            }
            "\n"
        }
        details {
            summary { (say!("What happens{}", which)) }
            ol {
                @for number in 0..picture.moments.len() {
                    li { a href={ "#" (id) "-" (number + 1) } { (words::sentence(picture, number)) } }
                    "\n"
                }
            }
        }
        "\n"
        details {
            summary { (say!("What stands on standard output{}", which)) }
            @if printed.is_empty() { p { (say!("Nothing.")) } } @else {
                pre tabindex="0" { @for line in printed { (line) "\n" } }
            }
        }
        "\n"
    }
}
