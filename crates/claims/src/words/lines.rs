//! Where a line of words may be broken: between words, and between Chinese characters, but not before a closing mark.

use console::measure_text_width;

/// How many columns of a terminal a text takes.
pub fn width(text: &str) -> usize {
    measure_text_width(text)
}

/// What must not begin a line.
const CLOSING: &str = "，。；：？！、）》”’」』…";

/// What must not end one.
const OPENING: &str = "（《“‘「『";

/// The pieces between which a line may be broken, each with what stood between it and the one before: a space, or nothing.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    for (index, word) in text.split(' ').enumerate() {
        let mut is_behind_space = index > 0;
        let mut start = 0;
        let mut before: Option<char> = None;
        for (at, character) in word.char_indices() {
            let is_wide = |character: char| character >= '\u{2e80}';
            let is_break = before.is_some_and(|before| {
                (is_wide(before) || is_wide(character)) && !CLOSING.contains(character) && !OPENING.contains(before)
            });
            if is_break {
                pieces.push((is_behind_space, &word[start..at]));
                is_behind_space = false;
                start = at;
            }
            before = Some(character);
        }
        pieces.push((is_behind_space, &word[start..]));
    }
    pieces
}

/// Lines of no more than `columns` columns, unless a word is longer; the second and those behind it are indented by `hanging`.
pub fn broken_between_words(text: &str, columns: usize, hanging: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let (mut so_far, mut margin) = (0, 0);
    for (is_behind_space, piece) in pieces(text) {
        let length = width(piece);
        if so_far > margin && so_far + usize::from(is_behind_space) + length > columns {
            lines.push(line.trim_end().to_owned());
            margin = hanging;
            line = " ".repeat(margin);
            so_far = margin;
        } else if is_behind_space {
            line.push(' ');
            so_far += 1;
        }
        line.push_str(piece);
        so_far += length;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::broken_between_words;

    #[test]
    fn a_narrow_terminal_breaks_no_word() {
        assert_eq!(broken_between_words("one two three four", 9, 2), ["one two", "  three", "  four"]);
        assert_eq!(broken_between_words("name   and more", 80, 2), ["name   and more"]);
    }

    #[test]
    fn chinese_is_broken_between_characters() {
        assert_eq!(broken_between_words("父进程结束，子进程 wait", 10, 0), ["父进程结", "束，子进程", "wait"]);
    }
}
