//! The fenced blocks of a Markdown file, and where they stand.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// A fenced code block.
#[derive(Debug, PartialEq)]
pub struct Fence {
    /// What stands behind the opening fence, for example `toml claims`.
    pub info: String,
    /// The text between the fences.
    pub text: String,
    /// The line of the file on which `text` begins, counted from 1.
    pub line: usize,
}

/// All fenced code blocks of `markdown`, in order.
pub fn fences(markdown: &str) -> Vec<Fence> {
    let mut found: Vec<Fence> = Vec::new();
    let mut inside = false;
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                inside = true;
                let opening_line = markdown[..range.start].matches('\n').count() + 1;
                found.push(Fence { info: info.trim().to_string(), text: String::new(), line: opening_line + 1 });
            }
            Event::Text(text) if inside => {
                if let Some(fence) = found.last_mut() {
                    fence.text.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_fences_and_their_lines() {
        let found = fences("# A\n\n```toml claims\n[lines]\nx = 1\n```\ntext\n~~~\nplain\n~~~\n\n    indented\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Fence { info: "toml claims".into(), text: "[lines]\nx = 1\n".into(), line: 4 });
        assert_eq!((found[1].info.as_str(), found[1].line), ("", 9));
    }

    #[test]
    fn a_fence_may_be_folded() {
        let found = fences("<details><summary>claims</summary>\n\n```toml claims\nx = 1\n```\n\n</details>\n");
        assert_eq!(found, [Fence { info: "toml claims".into(), text: "x = 1\n".into(), line: 4 }]);
        // Without the blank line it is not Markdown to anybody, also not to a reader.
        assert_eq!(fences("<details>\n```toml claims\nx = 1\n```\n</details>\n"), []);
    }
}
