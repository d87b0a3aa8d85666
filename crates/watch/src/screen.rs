//! What stands on the screen, as text.

use std::fmt::Write;

use exercises::catalog::{Form, Language};

use crate::desk::{Desk, Finding};

/// What is shown beside the exercise.
pub struct View<'a> {
    pub form: Form,
    /// What was found last; `None` while it is being looked at.
    pub finding: Option<&'a Finding>,
    /// How many rungs of the hint ladder are shown.
    pub hints: usize,
    /// Something to be told once: an error, a question.
    pub note: Option<&'a str>,
}

/// The words of this language.
pub fn say<'a>(language: Language, english: &'a str, chinese: &'a str) -> &'a str {
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// All that stands there.
pub fn text(desk: &Desk, view: &View) -> String {
    let language = desk.language();
    let text = desk.text();
    let mut out = String::new();
    let solved = desk.progress.count(&desk.exercises);
    let all = desk.exercises.len();
    let bar: String = (0..all).map(|n| if n < solved { '#' } else { '-' }).collect();
    let mark = if desk.progress.is_done(&desk.exercise().name) { " ✓" } else { "" };
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "[{bar}] {solved}/{all}");
    let _ = writeln!(out, "\n{}/{all}  {}{mark}\n\n{}\n", desk.place() + 1, text.title, text.task);
    for form in &desk.exercise().forms {
        let here = if *form == view.form { '>' } else { ' ' };
        let _ = writeln!(out, "{here} {}", desk.file(desk.exercise(), *form).display());
    }
    if view.form == Form::Text {
        let _ = writeln!(out, "  {}", desk.exercise().program().display());
    }
    out.push('\n');
    match view.finding {
        Some(found) => out += &finding(desk, view.form, found),
        None => out += say(language, "building and judging …\n", "正在编译和检查……\n"),
    }
    for (n, hint) in text.hints.iter().take(view.hints).enumerate() {
        let _ = write!(out, "\n{} {}: {hint}\n", say(language, "Hint", "提示"), n + 1);
    }
    if let Some(note) = view.note {
        let _ = write!(out, "\n{note}\n");
    }
    out.push('\n');
    out += say(
        language,
        "h hint · l list · r reset · n next · p previous · Enter judge again · z 中文 · q quit\n",
        "h 提示 · l 列表 · r 重置 · n 下一个 · p 上一个 · 回车 再检查 · z English · q 退出\n",
    );
    out
}

/// What was found: the verdict, and its first cause.
pub fn finding(desk: &Desk, form: Form, finding: &Finding) -> String {
    let language = desk.language();
    let mut out = String::new();
    match finding {
        Finding::DoesNotBuild(said) => {
            let _ = writeln!(out, "{}\n\n{}", say(language, "✗ It does not build.", "✗ 编译不通过。"), said.trim_end());
        }
        Finding::Wrong(fault) => {
            let english = &desk.exercise().english.teaches;
            let broken = fault.broken.first().map_or("", String::as_str);
            let words = if broken == english { &desk.text().teaches } else { broken };
            let _ = writeln!(out, "{}{words}\n\n{}", say(language, "✗ Not yet: ", "✗ 还不成立："), fault.cause);
            if fault.broken.len() > 1 {
                let more = fault.broken.len() - 1;
                let _ = match language {
                    Language::English => writeln!(out, "\n(and {more} more that do not hold; first things first)"),
                    Language::Chinese => writeln!(out, "\n（还有 {more} 条不成立；先解决第一条）"),
                };
            }
        }
        Finding::Right { orders, but } => {
            let _ = match (language, orders) {
                (Language::English, Some(1)) => writeln!(out, "✓ Right, in the only order there is."),
                (Language::Chinese, Some(1)) => writeln!(out, "✓ 正确，只有一种可能的顺序。"),
                (Language::English, Some(orders)) => writeln!(out, "✓ Right, in each of the {orders} orders."),
                (Language::Chinese, Some(orders)) => writeln!(out, "✓ 正确，{orders} 种可能的顺序全都成立。"),
                (Language::English, None) => writeln!(out, "✓ Right."),
                (Language::Chinese, None) => writeln!(out, "✓ 正确。"),
            };
            for but in but {
                let _ = writeln!(out, "  – {} {but}", say(language, "but", "但是："));
            }
            let word = say(language, "a solution to compare with:", "可以对照的答案：");
            let _ = writeln!(out, "\n{word} {}", desk.solution(form).display());
        }
    }
    out
}
