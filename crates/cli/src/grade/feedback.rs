//! The page that is for who handed something in, in Markdown and in HTML, in English and in Chinese.

mod advice;
mod html;
mod markdown;

use clap::{Arg, ArgMatches};
use interleave_claims::{say, words};

use super::grades::{Grade, Grades, Status, Verdict};

pub use html::html;
pub use markdown::markdown;

/// In which languages pages are written. What the notes and the checker say is quoted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Languages {
    /// English.
    English,
    /// Chinese.
    Chinese,
    /// English, and after it Chinese.
    Both,
}

impl Languages {
    /// `--lang`.
    pub fn argument(help: &'static str) -> Arg {
        Arg::new("lang").long("lang").value_name("LANGUAGE").value_parser(Languages::read).help(help)
    }

    /// Reads what `--lang` is given.
    fn read(text: &str) -> Result<Languages, String> {
        match words::Language::named(text) {
            Some(words::Language::English) => Ok(Languages::English),
            Some(words::Language::Chinese) => Ok(Languages::Chinese),
            None if text == "both" => Ok(Languages::Both),
            None => Err(say!("en, zh or both would be right").told()),
        }
    }

    /// What was asked for, or else the language of everything else that is said.
    pub fn of(arguments: &ArgMatches) -> Languages {
        arguments.get_one("lang").copied().unwrap_or_else(Languages::chosen)
    }

    /// The language in which everything else is said.
    pub fn chosen() -> Languages {
        match words::chosen() {
            words::Language::English => Languages::English,
            words::Language::Chinese => Languages::Chinese,
        }
    }

    /// What [`Languages::read`] reads as this.
    pub fn name(self) -> &'static str {
        match self {
            Languages::English => "en",
            Languages::Chinese => "zh",
            Languages::Both => "both",
        }
    }

    fn each(self) -> &'static [Language] {
        match self {
            Languages::English => &[Language::English],
            Languages::Chinese => &[Language::Chinese],
            Languages::Both => &[Language::English, Language::Chinese],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Chinese,
}

impl Language {
    fn say(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    /// As the attribute `lang` of HTML calls it.
    fn code(self) -> &'static str {
        self.say("en", "zh-CN")
    }
}

/// A page, whatever it is written in.
struct Page<'a> {
    language: Language,
    title: String,
    sections: Vec<Section<'a>>,
}

struct Section<'a> {
    /// None stands right under the title.
    heading: Option<&'static str>,
    blocks: Vec<Block<'a>>,
}

/// A part of a section. Its texts may hold anything: whoever writes them sees to it that nothing of them does more than to be read.
enum Block<'a> {
    /// A paragraph.
    Text(String),
    /// Shown as it is, line by line.
    Code(String),
    /// One below the other.
    List(Vec<String>),
    /// An SVG file, and what it shows.
    Picture(&'a str, &'static str),
}

impl Section<'_> {
    fn is_picture(&self) -> bool {
        self.blocks.iter().all(|block| matches!(block, Block::Picture(..)))
    }
}

impl<'a> Page<'a> {
    fn of(language: Language, grades: &Grades, grade: &'a Grade) -> Page<'a> {
        let title = match (grade.status, language) {
            (Status::Unjudged, _) => language.say("not judged yet", "尚未评判").to_owned(),
            (_, Language::English) => format!("{} of {} points", grade.points, grades.max),
            (_, Language::Chinese) => format!("{} / {} 分", grade.points, grades.max),
        };
        let title = format!("{}{}{title}", grade.who(), language.say(": ", "："));
        let mut page = Page { language, title, sections: Vec::new() };
        let late = language.say("It was handed in after the deadline.", "提交时间已过截止时间。");
        page.add(None, grade.late.then(|| Block::Text(late.to_owned())));
        page.wrong(grade);
        page.again(grade);
        page.claims(grade);
        page
    }

    fn add(&mut self, heading: Option<&'static str>, blocks: impl IntoIterator<Item = Block<'a>>) {
        let blocks: Vec<Block> = blocks.into_iter().collect();
        if !blocks.is_empty() {
            self.sections.push(Section { heading, blocks });
        }
    }

    /// What is wrong first, the picture of it, advice, and the report.
    fn wrong(&mut self, grade: &'a Grade) {
        let language = self.language;
        let explored = grade
            .explored
            .as_ref()
            .map(|explored| Block::Text(format!("{}{explored}", language.say("What was looked at: ", "检查范围："))));
        let Some(cause) = &grade.cause else {
            self.add(None, explored);
            return;
        };
        let heading = language.say("What is wrong first", "最先出错的地方");
        self.add(Some(heading), [Block::Text(cause.clone())].into_iter().chain(explored));
        let picture = grade.claims.iter().find_map(|claim| claim.picture.as_deref());
        let title = language.say("The run that shows it", "出错的那次运行");
        self.add(Some(title), picture.map(|svg| Block::Picture(svg, title)));
        self.add(Some(language.say("A hint", "提示")), advice::of(language, grade).into_iter().map(Block::Text));
        let heading = match grade.status {
            Status::NotBuilt => language.say("What the builder said", "编译器的输出"),
            _ => language.say("What was found", "检查报告"),
        };
        self.add(Some(heading), (!grade.story.is_empty()).then(|| Block::Code(grade.story.clone())));
    }

    /// How to see it again.
    fn again(&mut self, grade: &Grade) {
        let Some(replay) = grade.claims.iter().find_map(|claim| claim.replay.as_ref()) else { return };
        let text = self.language.say(
            "In the folder of your program, build it; then let it run in just the order that fails. It does so each time, and NOTES.md \
             is wherever you keep the notes.",
            "先在你的程序所在的文件夹里编译，再让它按出错的那个顺序运行；每次结果都一样。把笔记文件的路径换成你那里的路径。",
        );
        let build = grade.commands.split_last().map(|(_, build)| build).unwrap_or_default();
        let commands: Vec<&str> = build.iter().chain([replay]).map(String::as_str).collect();
        let heading = self.language.say("See it again", "怎样重现");
        self.add(Some(heading), [Block::Text(text.to_owned()), Block::Code(commands.join("\n"))]);
    }

    /// What was right, and what was not.
    fn claims(&mut self, grade: &Grade) {
        let language = self.language;
        let right: Vec<_> = grade.claims.iter().filter(|claim| claim.verdict == Verdict::Holds).collect();
        let lost: Vec<_> = grade.claims.iter().filter(|claim| claim.is_lost()).collect();
        let hidden = grade.claims.iter().filter(|claim| claim.verdict == Verdict::Hidden);
        let hidden: Vec<String> = hidden.map(|claim| claim.says.clone()).collect();
        let points = |points: u32, max: u32| match language {
            Language::English => format!("{points} of {max}"),
            Language::Chinese => format!("{points} / {max} 分"),
        };
        let right = right.iter().map(|claim| format!("{} ({})", claim.says, points(claim.points, claim.max)));
        let right: Vec<String> = right.collect();
        self.add(Some(language.say("What was right", "做对的部分")), (!right.is_empty()).then_some(Block::List(right)));
        let lost = lost.iter().map(|claim| {
            let why = claim.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{} ({}; {}){why}", claim.says, points(0, claim.max), verdict(language, claim.verdict))
        });
        let lost: Vec<String> = lost.collect();
        self.add(Some(language.say("What was not", "没有做对的部分")), (!lost.is_empty()).then_some(Block::List(lost)));
        let heading = language.say("What is not shown before the deadline", "截止时间之前不公布结果的部分");
        self.add(Some(heading), (!hidden.is_empty()).then_some(Block::List(hidden)));
    }
}

fn verdict(language: Language, verdict: Verdict) -> &'static str {
    let chinese = match verdict {
        Verdict::Holds => "成立",
        Verdict::Broken => "不成立",
        Verdict::Untested => "没有受到检验",
        Verdict::Unknown => "无法判断",
        Verdict::Hidden => "截止时间之前不公布",
    };
    language.say(verdict.words(), chinese)
}
