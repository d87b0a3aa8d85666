//! A page of the book, made from the notes' Markdown: claims become sentences with their verdicts, and beside each program
//! stand its code, a picture of a run, and a figure to play with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use interleave_claims::notes::claims::Claim;
use interleave_claims::notes::markdown::{Fence, fences};
use interleave_claims::notes::{Course, Lesson, Program};
use maud::{Markup, PreEscaped, html};
use polib::catalog::Catalog;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};
use pulldown_cmark_to_cmark::{Options, calculate_code_block_token_count, cmark_with_options};

use crate::orders::Orders;
use crate::pages::{Page, Target, anchor, target};
use crate::survey::{Coverage, Mark, Survey, Surveys};
use crate::translate::{events, say, text_of, title};
use crate::words::{self, Language, Words};
use crate::{diagrams, drawings, python};

/// What pages are written from.
pub struct Writer<'a> {
    /// The course's folder.
    pub root: &'a Path,
    /// Its lessons.
    pub course: &'a Course,
    /// All pages.
    pub pages: &'a [Page],
    /// What is known of its programs.
    pub surveys: &'a Surveys,
    /// The language to write in.
    pub language: Language,
    /// Its translations; none for the language of the notes.
    pub catalog: Option<&'a Catalog>,
    /// Where the course's files can be looked at, with a slash at its end.
    pub repository: Option<&'a str>,
}

impl Writer<'_> {
    fn words(&self) -> &'static Words {
        self.language.words()
    }

    fn say(&self, text: &str) -> String {
        say(self.catalog, text)
    }

    /// The page's title: its first heading.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn title(&self, page: &Page) -> Result<String> {
        let notes = crate::read(self.root, &page.source)?;
        if page.is_translated {
            return Ok(title(&events(&notes, self.catalog)?));
        }
        Ok(self.say(&title(&events(&notes, None)?)))
    }

    /// The page as Markdown for mdBook.
    ///
    /// # Errors
    /// If something that belongs to it cannot be read.
    pub fn page(&self, page: &Page) -> Result<String> {
        let notes = crate::read(self.root, &page.source)?;
        let catalog = self.catalog.filter(|_| page.is_translated);
        let lesson = self.course.lessons.iter().find(|lesson| lesson.file == page.source);
        let mut writing = Writing {
            writer: self,
            page,
            lesson,
            fences: fences(&notes).into_iter().filter(|fence| fence.info == "toml claims").collect(),
            anchors: anchors(&events(&notes, None)?),
            coded: BTreeSet::new(),
            out: Vec::new(),
        };
        writing.languages();
        writing.all(events(&notes, catalog)?)?;
        markdown(&writing.out).with_context(|| format!("cannot write {}", page.source.display()))
    }
}

/// Events as Markdown.
///
/// # Errors
/// If they do not fit together.
pub fn markdown(events: &[Event]) -> Result<String> {
    let options = Options {
        // Between Chinese characters an underscore is a letter.
        emphasis_token: '*',
        code_block_token_count: calculate_code_block_token_count(events).unwrap_or(3),
        ..Options::default()
    };
    let mut text = String::new();
    cmark_with_options(events.iter(), &mut text, options).map_err(|error| anyhow!("no Markdown: {error}"))?;
    Ok(text + "\n")
}

/// What each heading's place is called: by its English text, so that links to it lead there in every language.
pub fn anchors(events: &[Event]) -> Vec<String> {
    let mut anchors = Vec::new();
    let mut used = Vec::new();
    let mut heading: Option<String> = None;
    for event in events {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|text| anchor(&text, &mut used))),
            other => {
                if let Some(text) = &mut heading {
                    text.push_str(&text_of(other));
                }
            }
        }
    }
    anchors
}

/// A page while it is written.
struct Writing<'a> {
    writer: &'a Writer<'a>,
    page: &'a Page,
    lesson: Option<&'a Lesson>,
    /// The blocks of claims that are still to come.
    fences: std::collections::VecDeque<Fence>,
    /// The places of the headings that are still to come.
    anchors: Vec<String>,
    /// The programs whose code stands on the page.
    coded: BTreeSet<String>,
    out: Vec<Event<'static>>,
}

impl<'a> Writing<'a> {
    fn all(&mut self, events: Vec<Event<'static>>) -> Result<()> {
        let mut headings = 0;
        // For each link that is open, whether it is kept.
        let mut links: Vec<bool> = Vec::new();
        let mut events = events.into_iter().peekable();
        let mut is_skipped = false;
        while let Some(event) = events.next() {
            match event {
                Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                    let id = self.anchors.get(headings).cloned().map(CowStr::from).or(id);
                    headings += 1;
                    self.out.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
                }
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    let dest = self.link(&dest_url);
                    links.push(dest.is_some());
                    if let Some(dest_url) = dest {
                        self.out.push(Event::Start(Tag::Link { link_type, dest_url: dest_url.into(), title, id }));
                    }
                }
                Event::End(TagEnd::Link) => {
                    if links.pop().unwrap_or(true) {
                        self.out.push(Event::End(TagEnd::Link));
                    }
                }
                Event::Start(Tag::Paragraph) if matches!(events.peek(), Some(Event::Start(Tag::Image { .. }))) => {
                    let mut alternative = String::new();
                    let mut picture = CowStr::from("");
                    for event in events.by_ref() {
                        match event {
                            Event::Start(Tag::Image { dest_url, .. }) => picture = dest_url,
                            Event::End(TagEnd::Paragraph) => break,
                            other => alternative.push_str(&text_of(&other)),
                        }
                    }
                    self.picture(&picture, &alternative)?;
                }
                Event::Start(Tag::HtmlBlock) if is_directive(events.peek()) => is_skipped = true,
                Event::End(TagEnd::HtmlBlock) if is_skipped => is_skipped = false,
                _ if is_skipped => {}
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let mut text = String::new();
                    for event in events.by_ref() {
                        match event {
                            Event::End(TagEnd::CodeBlock) => break,
                            other => text.push_str(&text_of(&other)),
                        }
                    }
                    self.fence(&info, &text)?;
                }
                other => self.out.push(other),
            }
        }
        Ok(())
    }

    /// The way to the same page in the other language.
    fn languages(&mut self) {
        let other = self.writer.language.other();
        let translated = self.page.is_translated || self.writer.language == Language::English;
        let page = &self.page.name;
        self.html(&html! {
            nav class="languages" {
                a lang=(other.code()) hreflang=(other.code()) href={ "../" (other.code()) "/" (page) ".html" } { (other.name()) }
            }
        });
        if !translated {
            self.html(&html! { p class="not-translated" { (self.writer.words().not_translated) } });
        }
    }

    /// Where a link leads in the book; nowhere if what it names is not there to be seen.
    fn link(&self, link: &str) -> Option<String> {
        match target(self.writer.root, self.writer.pages, &self.page.source, link) {
            Target::AsItIs => Some(link.to_owned()),
            Target::Page(page) => Some(page),
            Target::File(path) => {
                let here = self.programs().find_map(|program| {
                    if code_of(self.lesson, program).as_deref() == Some(&path) {
                        return Some(format!("#code-{}", program.name()));
                    }
                    let mut pythons = python::beside(program.name());
                    pythons.find(|python| python.path() == path).map(|python| format!("#{}", python.file))
                });
                here.or_else(|| self.writer.repository.map(|repository| format!("{repository}{}", path.display())))
            }
            Target::Nowhere => None,
        }
    }

    fn programs(&self) -> impl Iterator<Item = &'a Program> + use<'a> {
        self.lesson.into_iter().flat_map(|lesson| &lesson.programs)
    }

    fn html(&mut self, markup: &Markup) {
        // An empty line would end the block.
        let lines: Vec<&str> = markup.0.lines().filter(|line| !line.trim().is_empty()).collect();
        self.raw(&lines.join("\n"));
    }

    fn raw(&mut self, html: &str) {
        self.out.push(Event::Start(Tag::HtmlBlock));
        self.out.push(Event::Html(format!("{html}\n").into()));
        self.out.push(Event::End(TagEnd::HtmlBlock));
    }

    fn code_block(&mut self, info: &str, text: &str) {
        self.out.push(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info.to_owned().into()))));
        self.out.push(Event::Text(text.to_owned().into()));
        self.out.push(Event::End(TagEnd::CodeBlock));
    }

    fn fence(&mut self, info: &str, text: &str) -> Result<()> {
        if info == "toml claims" && self.lesson.is_some() {
            return self.claims(text);
        }
        if let Some(name) = info.strip_prefix("text transcript ") {
            let found = self.programs().find(|program| program.name() == name);
            if let Some(program) = found {
                self.code(program)?;
            }
            let words = self.writer.words().transcript;
            self.html(&html! { p class="transcript" { code { (name) } ": " (words) } });
            self.code_block("text", text);
            return Ok(());
        }
        // Blocks in the documents on claims and pictures that only look like ones.
        self.code_block(info.split_whitespace().next().unwrap_or_default(), text);
        Ok(())
    }

    /// The program's code, and the notes' own beside it; once on a page.
    fn code(&mut self, program: &Program) -> Result<()> {
        let Some(path) = code_of(self.lesson, program) else { return Ok(()) };
        if !self.coded.insert(program.name().to_owned()) {
            return Ok(());
        }
        let name = program.name();
        self.raw(&format!(
            "<details class=\"code\" id=\"code-{name}\" open>\n<summary><code>{}</code></summary>",
            path.display()
        ));
        self.code_block("rust", &crate::read(self.writer.root, &path)?);
        self.raw("</details>");
        let words = self.writer.words();
        for python in python::beside(name) {
            let path = python.path();
            let (id, shown) = (python.file, path.display());
            self.raw(&format!(
                "<details class=\"code\" id=\"{id}\">\n<summary>{} (<code>{shown}</code>)</summary>",
                words.python
            ));
            self.html(&html! { p { (python.differs(self.writer.language)) } });
            self.code_block("python", &crate::read(self.writer.root, &path)?);
            self.html(&html! { p { (words.run) } });
            self.code_block("sh", &format!("python3 {shown}\n"));
            self.html(&html! { p { (words.judge) } });
            self.code_block("sh", &format!("cargo xtask verify {name} --program 'python3 {shown}'\n"));
            self.raw("</details>");
        }
        Ok(())
    }

    /// The claims of the block that comes next, as sentences.
    fn claims(&mut self, toml: &str) -> Result<()> {
        let fence = self.fences.pop_front().context("the notes have lost a block of claims")?;
        let lines = fence.line..fence.line + fence.text.lines().count();
        let file = &self.page.source;
        let stands_here = |claim: &&Claim| claim.at.file == *file && lines.contains(&claim.at.line);
        let of_block = self.programs().find(|program| {
            program.claims.claims.iter().any(|claim| stands_here(&claim)) && !is_taken_over(program, &lines, file)
                || (program.claims.at.file == *file && lines.contains(&program.claims.at.line))
        });
        let Some(program) = of_block else {
            self.code_block("toml", toml);
            return Ok(());
        };
        let is_first = lines.contains(&program.claims.at.line);
        // What a program takes over from another stands where it is first spoken of.
        let own_from = program.claims.at.line;
        let is_own = |claim: &&Claim| claim.at.file == *file && claim.at.line >= own_from;
        let shown: Vec<&Claim> =
            program.claims.claims.iter().filter(|claim| stands_here(claim) || (is_first && !is_own(claim))).collect();
        let is_last = !program.claims.claims.iter().any(|claim| is_own(&claim) && claim.at.line >= lines.end);
        let survey = self.writer.surveys.get(program.name());
        let language = self.writer.language;
        let words = self.writer.words();
        let sentences = shown.iter().map(|claim| {
            let judgement = survey.and_then(|survey| survey.verdict(&claim.says));
            let mark = judgement.map_or(Mark::Silent, |judgement| judgement.mark);
            (
                self.writer.say(&claim.says),
                words::mark(mark, language),
                judgement.and_then(|found| found.remark.clone()),
            )
        });
        self.html(&html! {
            div class="claims" {
                p { (words.claims) " (" code { (program.name()) } ")" }
                ul {
                    @for (says, (sign, meaning), remark) in sentences {
                        li class=(sign_class(sign)) {
                            span class="mark" role="img" aria-label=(meaning) title=(meaning) { (sign) }
                            " " (says)
                            @if let Some(remark) = remark { " " span class="remark" { "(" (remark_in(&remark, language)) ")" } }
                        }
                    }
                }
                @if is_last { (self.coverage(program)) }
            }
        });
        self.raw(&format!("<details class=\"rules\">\n<summary>{}</summary>", words.rules));
        self.code_block("toml", toml);
        self.raw("</details>");
        if is_last {
            self.figure(program);
        }
        Ok(())
    }

    /// What the verdicts rest on.
    fn coverage(&self, program: &Program) -> Markup {
        let survey = self.writer.surveys.get(program.name());
        let language = self.writer.language;
        let text = match survey.and_then(|survey| survey.explored.as_ref()) {
            Some(Coverage { distinct, complete: true, .. }) => match language {
                Language::English => format!("Every order was tried: there are {distinct}."),
                Language::Chinese => format!("每一种顺序都试过了，共 {distinct} 种。"),
            },
            Some(Coverage { distinct, limit, .. }) => {
                let limit = limit.clone().unwrap_or_default();
                match language {
                    Language::English => {
                        format!("{distinct} orders were tried, which are not all (the limit was {limit}).")
                    }
                    Language::Chinese => format!("试过 {distinct} 种顺序，但不是全部（上限：{limit}）。"),
                }
            }
            None => match &program.claims.unexplored {
                Some(why) => {
                    let why = self.writer.say(why);
                    match language {
                        Language::English => {
                            format!("Judged by a run in real time; its orders are not explored: {why}.")
                        }
                        Language::Chinese => format!("只按一次实时运行来评判，没有遍历各种顺序：{why}。"),
                    }
                }
                None => language.pick("It was not explored.", "没有遍历各种顺序。").to_owned(),
            },
        };
        let but = survey.and_then(|survey| survey.explored.as_ref()).map(|explored| explored.but.as_slice());
        html! {
            p class="coverage" {
                (text)
                @for but in but.unwrap_or_default() { " " (language.pick("But ", "但：")) (but) "." }
            }
        }
    }

    fn figure(&mut self, program: &Program) {
        for drawing in drawings::of(program, self.writer.language) {
            self.html(&drawing);
        }
        let survey = self.writer.surveys.get(program.name());
        let Some((survey, orders)) = survey.and_then(|survey| Some((survey, survey.orders.as_ref()?))) else { return };
        // One order leaves nothing to decide.
        if orders.lanes.len() < 2 || orders.states.len() < 2 {
            return;
        }
        let words = self.writer.words();
        let why = why_not_all(survey, orders, self.writer.language);
        let tasks = self.lesson.map(|lesson| survey.tasks(lesson, self.writer.surveys)).unwrap_or_default();
        let claims = tasks.into_iter().filter_map(|(_, breaks)| Some((breaks?.to_owned(), self.writer.say(breaks?))));
        let claims = serde_json::Value::from_iter(claims).to_string();
        let name = program.name();
        let roles = program.claims.roles.iter().map(|role| (role.name.clone(), self.writer.say(&role.name)));
        let roles = serde_json::Value::from_iter(roles).to_string();
        self.html(&html! {
            section class="figure" id={ "play-" (name) } data-program=(name) data-roles=(roles) data-claims=(claims)
                data-why=[why.as_ref()] aria-label=(words.figure) {
                p class="figure-title" { (words.figure) " (" code { (name) } ")" }
                @if let Some(why) = &why { p class="why-not-all" { (why) } }
                noscript { (words.no_script) }
            }
            script src={ "../figures/" (name) ".js" } {}
        });
    }

    /// A picture that lies beside the notes, with its text as text.
    fn picture(&mut self, path: &str, alternative: &str) -> Result<()> {
        let folder = self.page.source.parent().unwrap_or(Path::new(""));
        let file = folder.join(path);
        // One that has just been added is in English until somebody runs `--update`.
        let files =
            [diagrams::file_in(self.writer.language, &file), file.clone()].map(|file| self.writer.root.join(file));
        let svg = fs::read_to_string(&files[0]).or_else(|_| fs::read_to_string(&files[1]));
        let svg = svg.with_context(|| format!("cannot read the picture {}", file.display()))?;
        let svg = svg[svg.find("<svg").unwrap_or(0)..].to_owned();
        self.html(&html! {
            figure class="diagram" {
                div class="scrolls" tabindex="0" { (PreEscaped(svg)) }
                figcaption { (alternative) }
            }
        });
        Ok(())
    }
}

/// How many of the orders a figure has, and why not all; nothing if it has all.
fn why_not_all(survey: &Survey, orders: &Orders, language: Language) -> Option<String> {
    let Orders { orders, are_cut, .. } = orders;
    let Coverage { distinct, complete, limit, .. } = survey.explored.as_ref()?;
    let limit = (!complete).then(|| limit.clone().unwrap_or_default());
    Some(match (are_cut, limit, language) {
        (false, None, _) => return None,
        (false, Some(limit), Language::English) => {
            format!("These are {orders} of the orders; not all, because the exploration ended before ({limit}).")
        }
        (false, Some(limit), Language::Chinese) => {
            format!("这里是其中的 {orders} 种顺序，不是全部：探索没有走完（{limit}）。")
        }
        (true, None, Language::English) => {
            format!("These are {orders} of the {distinct} orders; not all, because a figure holds no more.")
        }
        (true, None, Language::Chinese) => {
            format!("这里是 {distinct} 种顺序中的 {orders} 种，不是全部：一个图放不下更多。")
        }
        (true, Some(limit), Language::English) => format!(
            "These are {orders} of the {distinct} orders that were found; not all, because a figure holds no more, and the \
             exploration ended before it had found all ({limit})."
        ),
        (true, Some(limit), Language::Chinese) => {
            format!(
                "这里是已找到的 {distinct} 种顺序中的 {orders} 种，不是全部：一个图放不下更多，探索也没有走完（{limit}）。"
            )
        }
    })
}

/// Whether the claims that stand in these lines are another program's, which this one takes over.
fn is_taken_over(program: &Program, lines: &std::ops::Range<usize>, file: &Path) -> bool {
    program.claims.at.file != file || program.claims.at.line >= lines.end
}

fn is_directive(event: Option<&Event>) -> bool {
    matches!(event, Some(Event::Html(html)) if html.trim() == "<!-- i18n:skip -->")
}

fn sign_class(sign: &str) -> &'static str {
    match sign {
        "✓" => "holds",
        "✗" => "broken",
        _ => "open",
    }
}

/// What is said beside a verdict, in the book's language where it is said often.
fn remark_in(remark: &str, language: Language) -> String {
    match (remark, language) {
        (remark, Language::English) => remark.to_owned(),
        ("both orders seen", _) => "两种先后都出现了".to_owned(),
        ("to count interleavings takes all of them", _) => "要数出顺序的种数，得遍历全部".to_owned(),
        (remark, _) => remark.to_owned(),
    }
}

/// Where a program's code is, seen from the course's folder.
fn code_of(lesson: Option<&Lesson>, program: &Program) -> Option<std::path::PathBuf> {
    let lesson = lesson?;
    let folder = lesson.file.parent()?.join("src");
    let name = program.name();
    let file = if name == lesson.name { folder.join("main.rs") } else { folder.join("bin").join(format!("{name}.rs")) };
    lesson.folder.join(file.strip_prefix(lesson.file.parent()?).ok()?).is_file().then_some(file)
}
