//! A hint for who handed something in: what often is the reason, or else where to look.

use interleave_claims::words::catalogue;

use super::Language;
use crate::grade::grades::{Grade, Status, Verdict};

pub(super) fn of(language: Language, grade: &Grade) -> Vec<String> {
    // They are kept in English.
    let specific = grade.hints.iter().map(|hint| match catalogue().get(hint) {
        Some(chinese) if language == Language::Chinese => chinese.clone(),
        _ => hint.clone(),
    });
    let mut hints: Vec<String> = specific.collect();
    if hints.is_empty() {
        hints.extend(general(language, grade).map(str::to_owned));
    }
    hints
}

/// Where to look if nothing looks familiar.
fn general(language: Language, grade: &Grade) -> Option<&'static str> {
    if grade.status == Status::NotBuilt {
        return Some(language.say(
            "Mend the first error and build again: those after it often come from it.",
            "先改正第一个错误再编译：后面的错误往往是由它引起的。",
        ));
    }
    let broken = grade.claims.iter().find(|claim| claim.verdict == Verdict::Broken);
    let lost = broken.or_else(|| grade.claims.iter().find(|claim| claim.is_lost()))?;
    match lost.verdict {
        Verdict::Broken if lost.replay.is_some() => Some(language.say(
            "Go through the run step by step. At which step does somebody go on whom you thought to be waiting? What must not come \
             before something else has to wait for it (a wait, a pipe, a lock): time alone makes no order.",
            "请一步一步地看这次运行：在哪一步，你以为在等待的进程却继续执行了？必须后发生的事，要等待先发生的事（wait、管道或锁）：光靠时间不能保证顺序。",
        )),
        Verdict::Broken => Some(language.say(
            "Compare what your program prints, and who prints it, with the lines that the notes list: word by word, each by the process \
             that has that role.",
            "请把程序打印的内容和打印它的进程，与笔记里列出的各行逐字对照：每一行都要由担任那个角色的进程打印。",
        )),
        Verdict::Untested => Some(language.say(
            "It counts only if it could have failed: what it speaks of has to happen, and each role is to be played by a process of its own.",
            "只有可能失败的要求才得分：它所说的事必须真的发生，而且每个角色都要由各自的进程担任。",
        )),
        Verdict::Unknown => Some(language.say(
            "It could not be told in the time that there was: a program with fewer steps that can come in any order is explored sooner.",
            "在规定的时间内无法判断：顺序任意的步骤越少，就越快检查完。",
        )),
        Verdict::Holds | Verdict::Hidden => None,
    }
}
