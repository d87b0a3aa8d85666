//! Feedback as a page that a browser shows without anything else: no network, no script.

use interleave_claims::report::printable::{printable, printable_lines};
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::{Block, Language, Languages, Page};
use crate::grade::grades::{Grade, Grades};

const STYLE: &str = include_str!("page.css");

/// The page in HTML. It says that nothing may be loaded and no script may run, so that whatever a program has printed does nothing.
pub fn html(grades: &Grades, grade: &Grade, languages: Languages) -> String {
    let pages: Vec<Page> = languages.each().iter().map(|&language| Page::of(language, grades, grade)).collect();
    let code = pages.first().map_or("en", |page| page.language.code());
    let page = markup! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (printable(grade.who())) }
                style { (PreEscaped(STYLE)) }
            }
            "\n"
            body {
                @if pages.len() > 1 {
                    nav aria-label="Languages 语言" {
                        a href="#en" lang="en" { "English" } " · " a href="#zh-CN" lang="zh-CN" { "中文" }
                    }
                    "\n"
                }
                @for (index, page) in pages.iter().enumerate() {
                    main id=(page.language.code()) lang=(page.language.code()) { (write(page, index > 0)) }
                    "\n"
                }
            }
        }
    };
    page.into_string() + "\n"
}

/// The content; `is_again` says that the picture is on the page already, as its parts may not have their names twice.
fn write(page: &Page, is_again: bool) -> Markup {
    markup! {
        h1 { (printable(&page.title)) }
        "\n"
        @for section in &page.sections {
            section {
                @if let Some(heading) = section.heading { h2 { (heading) } }
                @for block in &section.blocks { (one(page.language, block, is_again)) "\n" }
            }
            "\n"
        }
    }
}

fn one(language: Language, block: &Block, is_again: bool) -> Markup {
    markup! {
        @match block {
            Block::Text(text) => p { (printable(text)) },
            Block::Code(text) => pre tabindex="0" { (printable_lines(text.trim_end())) },
            Block::List(items) => ul { @for item in items { li { (printable(item)) } } },
            Block::Picture(..) if is_again => p {
                a href="#picture" { (language.say("The picture stands above.", "图见上文。")) }
            },
            // Our own drawing, in which what the program has printed is escaped. A declaration may stand in files only.
            Block::Picture(svg, title) => div id="picture" class="scroll" tabindex="0" role="group" aria-label=(title) {
                (PreEscaped(svg.split_once("?>\n").map_or(*svg, |(_, drawing)| drawing)))
            },
        }
    }
}
