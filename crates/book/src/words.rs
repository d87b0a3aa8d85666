//! The book's own words, in both languages. What the notes say is in `po/`.

use serde::Serialize;

use crate::survey::Mark;

/// A language of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, in which the notes are written.
    English,
    /// Chinese.
    Chinese,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// Its code, which is also the name of its folder.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => crate::translate::LANGUAGE,
        }
    }

    /// What its readers call it.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Chinese => "中文",
        }
    }

    /// The other one.
    pub fn other(self) -> Language {
        match self {
            Language::English => Language::Chinese,
            Language::Chinese => Language::English,
        }
    }

    /// The book's words in it.
    pub fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::Chinese => &CHINESE,
        }
    }

    /// One of the two texts.
    pub fn pick(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// Words on the pages.
pub struct Words {
    /// The book's title.
    pub title: &'static str,
    /// What it is about.
    pub description: &'static str,
    /// The lessons' part.
    pub lessons: &'static str,
    /// The part to look things up in.
    pub reference: &'static str,
    /// Where a page is in English only.
    pub not_translated: &'static str,
    /// What leads to the code that makes claims checkable.
    pub rules: &'static str,
    /// What stands above claims.
    pub claims: &'static str,
    /// What a transcript is.
    pub transcript: &'static str,
    /// What leads to the Python program.
    pub python: &'static str,
    /// How it is run, and how judged.
    pub run: &'static str,
    /// The same.
    pub judge: &'static str,
    /// What stands above a figure.
    pub figure: &'static str,
    /// For a figure without scripts.
    pub no_script: &'static str,
    /// What a script says.
    pub script: Script,
}

/// Words that a script shows. `{}` stands for a number or a text.
#[derive(Serialize)]
pub struct Script {
    /// What the button for the speaker view is called.
    pub speaker: &'static str,
    /// Which step of how many is shown.
    pub speaker_place: &'static str,
    /// How it is opened and used.
    pub speaker_help: &'static str,
    /// Which process goes next?
    pub who: &'static str,
    /// Undo.
    pub undo: &'static str,
    /// From the beginning.
    pub restart: &'static str,
    /// To the end, by chance.
    pub finish: &'static str,
    /// So many orders are left.
    pub left: &'static str,
    /// One is left.
    pub one_left: &'static str,
    /// Those that were found.
    pub found_left: &'static str,
    /// This one is complete.
    pub complete: &'static str,
    /// How it ends.
    pub ends_ok: &'static str,
    /// It ends with a code or signal.
    pub ends: &'static str,
    /// It was followed no further.
    pub stopped: &'static str,
    /// Nobody can go on.
    pub deadlock: &'static str,
    /// Somebody waits for ever.
    pub waits: &'static str,
    /// A process prints next.
    pub can: &'static str,
    /// It has to wait until something has come.
    pub cannot: &'static str,
    /// It prints nothing any more.
    pub done: &'static str,
    /// Link to this state.
    pub link: &'static str,
    /// It was copied.
    pub copied: &'static str,
    /// What has been printed.
    pub printed: &'static str,
    /// Nothing yet.
    pub nothing: &'static str,
    /// The question whether something is possible.
    pub possible: &'static str,
    /// How to ask it.
    pub possible_how: &'static str,
    /// Moves a line up.
    pub up: &'static str,
    /// Moves a line down.
    pub down: &'static str,
    /// Asks.
    pub ask: &'static str,
    /// It is possible.
    pub yes: &'static str,
    /// Plays it.
    pub play: &'static str,
    /// It is not, since one thing has always come before another.
    pub no_before: &'static str,
    /// It is not, since a line cannot come there any more.
    pub no_never: &'static str,
    /// It is not, since something else has to come.
    pub no_more: &'static str,
    /// It was not found.
    pub not_found: &'static str,
    /// It is not among those that are here, which are not all.
    pub not_among: &'static str,
    /// It was found.
    pub yes_found: &'static str,
    /// This one, of those that were found, is complete.
    pub complete_found: &'static str,
    /// What stands above quests.
    pub quests: &'static str,
    /// A task: let one come before the other.
    pub quest: &'static str,
    /// A task: break a claim.
    pub quest_break: &'static str,
    /// A task: let all wait.
    pub quest_deadlock: &'static str,
    /// The reader says that it cannot be done.
    pub impossible: &'static str,
    /// Which is proved.
    pub proved: &'static str,
    /// Which is wrong.
    pub refuted: &'static str,
    /// It is solved.
    pub solved: &'static str,
    /// Give up: show one.
    pub show: &'static str,
    /// Both are solved.
    pub both: &'static str,
    /// Keeps a guess.
    pub keep: &'static str,
    /// What a reader guesses.
    pub guess: &'static str,
    /// What was guessed.
    pub guessed: &'static str,
    /// It was right.
    pub right: &'static str,
    /// It was not.
    pub wrong: &'static str,
    /// Guess again.
    pub again: &'static str,
    /// Nothing was guessed.
    pub first_guess: &'static str,
    /// A role's process.
    pub and: &'static str,
}

const ENGLISH: Words = Words {
    title: "The process course",
    description: "What is a process? Twelve lessons with programs to run, notes that are checked, and every order to play with.",
    lessons: "Lessons",
    reference: "To look things up",
    not_translated: "",
    rules: "how this is checked",
    claims: "Claimed, and checked",
    transcript: "what it prints",
    python: "The notes' Python program",
    run: "Run it:",
    judge: "Have it judged by the claims of this page:",
    figure: "Play: you decide who goes next",
    no_script: "This figure needs JavaScript.",
    script: Script {
        speaker: "Speaker view: one step a key press (s)",
        speaker_place: "{0} / {1}",
        speaker_help: "Press s for the speaker view: → space Page Down go on, ← Page Up go back, b makes it dark, Esc leaves",
        who: "Who goes next?",
        undo: "Undo",
        restart: "From the beginning",
        finish: "To the end, by chance",
        left: "{} orders are left from here.",
        one_left: "One order is left from here.",
        found_left: "{} orders that were found are left from here; there may be more.",
        complete: "That was one order of {}.",
        ends_ok: "The program has ended.",
        ends: "The program has ended: {}.",
        stopped: "The program goes on for ever; it is followed up to here.",
        deadlock: "Nobody can go on, and nobody ever will: a deadlock.",
        waits: "{0} {1}",
        can: "prints {}",
        cannot: "has to wait; before it has to come: {}",
        done: "prints nothing any more",
        link: "Link to this state",
        copied: "copied",
        printed: "Printed so far",
        nothing: "nothing yet",
        possible: "Is this possible?",
        possible_how: "Put the lines into an order (drag them, or move them with the buttons), and ask.",
        up: "up",
        down: "down",
        ask: "Is this possible?",
        yes: "Yes, this is one of the {} orders.",
        play: "Play it",
        no_before: "No. After {0} lines, “{1}” cannot come yet; before it always comes: {2}.",
        no_never: "No. After {0} lines, “{1}” can never come any more.",
        no_more: "No. After these {0} lines the program has not ended.",
        not_found: "It was not found. That proves nothing: the exploration has left something out (see above).",
        not_among: "Not among the {} orders that are here. That proves nothing: they are not all.",
        yes_found: "Yes, this is one of the {} orders that are here.",
        complete_found: "That was one of the {} orders that are here.",
        quests: "Tasks",
        quest: "Let “{0}” come before “{1}”.",
        quest_break: "Break this: “{}”",
        quest_deadlock: "Let everybody who is left wait for ever.",
        impossible: "It is impossible",
        proved: "Right: it comes in none of the {} orders, and there are no others.",
        refuted: "It is possible.",
        solved: "done",
        show: "Show me one",
        both: "Both are possible, so nobody decides which comes first.",
        keep: "Keep my guess",
        guess: "Your guess",
        guessed: "You guessed “{}”.",
        right: "That is right.",
        wrong: "Compare it:",
        again: "Guess again",
        first_guess: "Guess first: what you have guessed is what you will remember.",
        and: ", ",
    },
};

const CHINESE: Words = Words {
    title: "进程课程",
    description: "什么是进程？十二课，每课都有可以运行的程序、经过检验的讲义，还能亲手走遍每一种顺序。",
    lessons: "课程",
    reference: "参考",
    not_translated: "本页只有英文版。",
    rules: "检验的规则",
    claims: "论断与检验结果",
    transcript: "程序的输出",
    python: "讲义里的 Python 程序",
    run: "运行：",
    judge: "用本页的论断来评判它：",
    figure: "动手玩：由你决定谁先走",
    no_script: "这个图需要 JavaScript。",
    script: Script {
        speaker: "讲课视图：按一次键走一步（s）",
        speaker_place: "第 {0} 步，共 {1} 步",
        speaker_help: "按 s 进入讲课视图：→、空格、Page Down 前进，←、Page Up 后退，b 黑屏，Esc 退出",
        who: "下一步谁走？",
        undo: "撤销",
        restart: "从头开始",
        finish: "随机走到底",
        left: "从这里起还有 {} 种顺序。",
        one_left: "从这里起只剩 1 种顺序。",
        found_left: "从这里起，已找到的顺序还有 {} 种；可能不止这些。",
        complete: "这是 {} 种顺序中的一种。",
        ends_ok: "程序结束了。",
        ends: "程序结束了：{}。",
        stopped: "这个程序不会自己结束，只跟踪到这里。",
        deadlock: "谁也走不下去了，而且永远如此：死锁。",
        waits: "{0}：{1}",
        can: "将要输出 {}",
        cannot: "要等；在它之前必须先出现：{}",
        done: "不再输出",
        link: "此状态的链接",
        copied: "已复制",
        printed: "目前的输出",
        nothing: "还没有输出",
        possible: "这种顺序可能吗？",
        possible_how: "把各行排成一个顺序（拖动，或用按钮上移、下移），再提问。",
        up: "上移",
        down: "下移",
        ask: "可能吗？",
        yes: "可能，这是 {} 种顺序之一。",
        play: "演示一遍",
        no_before: "不可能。{0} 行之后，“{1}”还不能出现；在它之前总会先出现：{2}。",
        no_never: "不可能。{0} 行之后，“{1}”再也不会出现。",
        no_more: "不可能。这 {0} 行之后程序还没有结束。",
        not_found: "没有找到。但这不能说明什么：这次探索有没涵盖到的地方（见上文）。",
        not_among: "不在这里的 {} 种顺序之中。但这不能说明什么：这些不是全部。",
        yes_found: "可能，这是这里的 {} 种顺序之一。",
        complete_found: "这是这里的 {} 种顺序中的一种。",
        quests: "任务",
        quest: "让“{0}”出现在“{1}”之前。",
        quest_break: "打破这一条：“{}”",
        quest_deadlock: "让剩下的进程全都永远等下去。",
        impossible: "这不可能",
        proved: "对：{} 种顺序里都没有，而且再没有别的顺序。",
        refuted: "这是可能的。",
        solved: "完成",
        show: "给我看一种",
        both: "两种先后都可能，所以谁先谁后没有人决定。",
        keep: "记下我的猜测",
        guess: "你的猜测",
        guessed: "你猜的是“{}”。",
        right: "猜对了。",
        wrong: "对照一下：",
        again: "重新猜",
        first_guess: "先猜再看：自己猜过的才记得住。",
        and: "、",
    },
};

/// The sign and the meaning of a verdict.
pub fn mark(mark: Mark, language: Language) -> (&'static str, &'static str) {
    match mark {
        Mark::Holds => ("✓", language.pick("it holds", "成立")),
        Mark::Broken => ("✗", language.pick("it is broken", "不成立")),
        Mark::NotShown => ("?", language.pick("no run has shown it", "没有一次运行表现出来")),
        Mark::Silent => ("–", language.pick("it could not be checked", "没能检验")),
    }
}
