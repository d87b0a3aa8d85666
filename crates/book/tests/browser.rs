//! The book in a real browser: every page opens without an error, in both languages, on a wide and on a narrow screen; figures
//! are played to their end, with the mouse and by keys; and what a reader guesses is kept.
//!
//! `cargo test -p book --features browser`. It needs `chromedriver`; where there is none, the tests say so and pass. Screenshots lie in
//! `target/book-screenshots/`.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The widths that pages have to fit.
const WIDTHS: [u32; 2] = [400, 1200];

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What each page does first, so that it can be asked for what went wrong in it.
const REMEMBERS_ERRORS: &str = "<script>window.errors = []; addEventListener('error', (event) => \
    errors.push(String(event.message ?? event.target.src ?? event.target.href)), true);</script>";

/// The book with its figures, written once.
static BOOK: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/book-in-browser");
    let written =
        Command::new(env!("CARGO_BIN_EXE_book")).args(["--time", "20", "--output"]).arg(&folder).status().unwrap();
    assert!(written.success());
    for page in ["en", "zh-CN"].iter().flat_map(|language| pages(&folder.join(language))) {
        let html = fs::read_to_string(&page).unwrap();
        fs::write(&page, html.replacen("<head>", &format!("<head>{REMEMBERS_ERRORS}"), 1)).unwrap();
    }
    folder.canonicalize().unwrap()
});

/// The pages in a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "html"));
    // The one is shown only by a server, the other only inside of pages.
    pages.retain(|page| !page.ends_with("404.html") && !page.ends_with("toc.html"));
    pages.sort();
    pages
}

/// A browser of some width, and what drives it. Both are gone when it is dropped.
struct Browser {
    driver: Child,
    runtime: Runtime,
    client: Option<Client>,
}

impl Browser {
    /// `None`, with a word, where there is no browser.
    fn of_width(width: u32) -> Option<Browser> {
        let started = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = started else {
            eprintln!("there is no chromedriver here: the book was not looked at in a browser");
            return None;
        };
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let port = line.rsplit_once("started successfully on port ")?.1.trim_end_matches('.').to_owned();
            port.parse::<u16>().ok()
        });
        // Whoever runs tests as root, or in a container, has no sandbox.
        let arguments = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-prefers-reduced-motion"];
        let options = json!({
            "args": arguments,
            "mobileEmulation": { "deviceMetrics": { "width": width, "height": 900, "pixelRatio": 1.0, "mobile": false, "touch": false } },
        });
        let capabilities = serde_json::Map::from_iter([("goog:chromeOptions".to_owned(), options)]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let address = format!("http://localhost:{}", port.unwrap());
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let client = runtime.block_on(builder.capabilities(capabilities).connect(&address)).unwrap();
        Some(Browser { driver, runtime, client: Some(client) })
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    fn open(&self, page: &str) {
        let address = format!("file://{}/{page}", BOOK.display());
        self.runtime.block_on(self.client().goto(&address)).unwrap();
        self.wait_for("document.readyState === 'complete'");
    }

    fn value(&self, script: &str) -> Value {
        let script = format!("return {script};");
        let value = self.runtime.block_on(self.client().execute(&script, Vec::new()));
        value.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    fn run(&self, script: &str) {
        let done = self.runtime.block_on(self.client().execute(script, Vec::new()));
        done.unwrap_or_else(|error| panic!("{script}: {error}"));
    }

    /// Waits until a script says that something is so.
    fn wait_for(&self, script: &str) {
        let end = Instant::now() + PATIENCE;
        while self.value(script) != Value::Bool(true) {
            assert!(Instant::now() < end, "never came: {script}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks as a mouse does: on what can be seen and is not covered by something else.
    fn click(&self, selector: &str) {
        self.run(&format!("document.querySelector({selector:?}).scrollIntoView({{ block: 'center' }})"));
        self.runtime.block_on(async {
            let element = self.client().find(Locator::Css(selector)).await.unwrap();
            element.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        });
    }

    /// Presses a key where the focus is.
    fn press(&self, key: Key) {
        self.runtime.block_on(async {
            let element = self.client().active_element().await.unwrap();
            element.send_keys(&String::from(char::from(key))).await.unwrap();
        });
    }

    /// What of the page can be seen in the speaker view.
    fn shown(&self) -> String {
        let nodes = "[...document.querySelectorAll('main > *')].filter((node) => node.getClientRects().length > 0)";
        let shown = self.value(&format!("{nodes}.map((node) => node.id || node.className || node.tagName).join()"));
        shown.as_str().unwrap().to_owned()
    }

    fn assert_no_error(&self) {
        let (errors, address) = (self.value("JSON.stringify(window.errors)"), self.value("location.href"));
        assert_eq!(errors, "[]", "{address}");
    }

    fn screenshot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/book-screenshots");
        fs::create_dir_all(&folder).unwrap();
        let image = self.runtime.block_on(self.client().screenshot()).unwrap();
        fs::write(folder.join(name).with_extension("png"), image).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // A test that has failed is to say why it has, and not that the browser is gone too.
            let _ = self.runtime.block_on(client.close());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[test]
fn every_page_opens_without_an_error_and_fits() {
    for width in WIDTHS {
        let Some(browser) = Browser::of_width(width) else { return };
        for language in ["en", "zh-CN"] {
            let pages = pages(&BOOK.join(language));
            assert!(pages.len() > 15, "{pages:?}");
            for page in pages {
                let name = page.file_name().unwrap().to_str().unwrap();
                let stem = page.file_stem().unwrap().to_str().unwrap();
                browser.open(&format!("{language}/{name}"));
                browser.assert_no_error();
                let excess =
                    browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                assert_eq!(excess, 0, "{language}/{name} at {width}: something sticks out");
                if stem == "ordering_demo" || stem == "index" {
                    browser.screenshot(&format!("{stem}-{language}-{width}"));
                }
            }
        }
    }
}

const FIGURE: &str = "document.querySelector('#play-ordering_demo')";

#[test]
fn a_figure_is_played_to_its_end_and_back() {
    for (width, language) in [(1200, "en"), (400, "zh-CN")] {
        let Some(browser) = Browser::of_width(width) else { return };
        browser.open(&format!("{language}/ordering_demo.html"));
        let lines = || browser.value(&format!("{FIGURE}.querySelectorAll('.terminal li').length"));
        let mut clicks = 0;
        while browser.value(&format!("{FIGURE}.dataset.state")) != "end" {
            browser.click("#play-ordering_demo .process button");
            clicks += 1;
            assert!(clicks <= 4, "four lines are all");
        }
        assert_eq!((clicks, lines()), (4, 4.into()));
        browser.screenshot(&format!("figure-{language}-{width}"));
        browser.click("#play-ordering_demo [data-key=undo]");
        assert_eq!(lines(), 3);
        // By keys alone: the focus is on the button that was pressed.
        browser.press(Key::Enter);
        assert_eq!(lines(), 2);
        browser.click("#play-ordering_demo [data-key=restart]");
        assert_eq!(lines(), Value::from(0));
        browser.assert_no_error();
    }
}

#[test]
fn a_link_leads_to_a_state() {
    let Some(browser) = Browser::of_width(1200) else { return };
    browser.open("en/ordering_demo.html");
    browser.run(&format!("{FIGURE}.querySelector('[data-key=finish]').click()"));
    browser.run(&format!("{FIGURE}.querySelector('[data-key=link]').click()"));
    let printed = format!("[...{FIGURE}.querySelectorAll('.terminal li')].map((line) => line.textContent).join()");
    let (address, lines) = (browser.value("location.hash"), browser.value(&printed));
    // One that was cut off in the middle of a letter harms nobody.
    browser.open("zh-CN/ordering_demo.html#%E7%88");
    assert_eq!(browser.value(&format!("{FIGURE}.dataset.state")), "open");
    browser.assert_no_error();
    // The same link on the page in the other language.
    browser.open(&format!("zh-CN/ordering_demo.html{}", address.as_str().unwrap()));
    assert_eq!(browser.value(&printed), lines);
    assert_eq!(browser.value(&format!("{FIGURE}.dataset.state")), "end");
    browser.assert_no_error();
}

#[test]
fn a_quest_is_solved_and_an_impossible_order_is_refused() {
    let Some(browser) = Browser::of_width(1200) else { return };
    browser.open("en/ordering_demo.html");
    browser.run("localStorage.clear()");
    browser.open("en/ordering_demo.html");
    let solved = format!("[...{FIGURE}.querySelectorAll('.solved')].filter((mark) => mark.textContent !== '').length");
    assert_eq!(browser.value(&solved), 0);
    // What is only shown solves nothing, as in the terminal; nor does what a link leads to.
    browser.run(&format!("{FIGURE}.querySelectorAll('.quests button.show').forEach((button) => button.click())"));
    browser.run(&format!("{FIGURE}.querySelector('[data-key=link]').click()"));
    browser.run("location.reload()");
    assert_eq!(browser.value(&solved), 0);
    // The reader lets one process after the other go on.
    browser.run(&format!(
        "{FIGURE}.bookFigure.tasks.map((task) => task.find()).filter((order) => order).forEach((order) => {{
           {FIGURE}.querySelector('[data-key=restart]').click();
           order.forEach((line) => {{
             const {{ graph }} = {FIGURE}.bookFigure;
             {FIGURE}.querySelector(`[data-key=lane-${{graph.lines[line].lane}}]`).click();
           }});
         }})"
    ));
    browser.run(&format!("{FIGURE}.querySelectorAll('.quests button.impossible').forEach((button) => button.click())"));
    let tasks = browser.value(&format!("{FIGURE}.querySelectorAll('.quests li').length"));
    assert_eq!(browser.value(&solved), tasks, "both orders of both claims, and what is proved impossible");

    let possible = format!("{FIGURE}.querySelector('.possible')");
    browser.run(&format!("{possible}.open = true"));
    let answer = || browser.value(&format!("{possible}.querySelector('.answer').textContent"));
    let ask = || browser.value(&format!("{possible}.querySelector(':scope > button').click()"));
    ask();
    assert_eq!(answer(), "Yes, this is one of the 3 orders. Play it");
    // The first line goes down: then something else would have to begin.
    browser.run(&format!("{possible}.querySelector('.down').click()"));
    ask();
    let refused = answer();
    let refused = refused.as_str().unwrap();
    assert!(refused.starts_with("No. After 0 lines, ") && refused.contains("“父进程启动”"), "{refused}");
    browser.assert_no_error();
}

/// The answer to “it is impossible”, of the task that has these words in it.
fn said_impossible(browser: &Browser, page: &str, program: &str, words: &str) -> String {
    browser.open(page);
    browser.run("localStorage.clear()");
    browser.open(page);
    let task = format!(
        "[...document.querySelectorAll('#play-{program} .quests li')].find((task) => task.textContent.includes('{words}'))"
    );
    browser.run(&format!("{task}.querySelector('button.impossible').click()"));
    browser.assert_no_error();
    browser.value(&format!("{task}.querySelector('.answer').textContent")).as_str().unwrap().to_owned()
}

#[test]
fn what_a_broken_neighbour_does_is_a_task_that_is_done_there_and_proved_impossible_here() {
    let Some(browser) = Browser::of_width(1200) else { return };
    let claim = "its end is what the parent waits for";
    let said = said_impossible(&browser, "en/ordering_demo.html", "ordering_join_demo", claim);
    assert!(
        said.starts_with("Right: it comes in none of the ") && said.ends_with("and there are no others."),
        "{said}"
    );
    let said = said_impossible(&browser, "en/ordering_demo.html", "ordering_demo", claim);
    assert_eq!(said, "It is possible.");
    let said = said_impossible(&browser, "zh-CN/ordering_demo.html", "ordering_join_demo", "打破这一条");
    assert!(said.starts_with("对：") && said.contains("再没有别的顺序"), "{said}");
}

#[test]
fn a_program_that_is_not_explored_whole_can_be_played_and_proves_nothing() {
    let Some(browser) = Browser::of_width(1200) else { return };
    browser.open("en/pool_demo.html");
    let figure = "document.querySelector('#play-pool_error_demo')";
    let why = browser.value(&format!("{figure}.querySelector('.why-not-all').textContent"));
    let why = why.as_str().unwrap().to_owned();
    assert!(why.starts_with("These are ") && why.contains("of the") && why.contains("not all, because"), "{why}");
    // Two lines change places that are one process's: an order that nobody can have found.
    let lines = format!("{figure}.bookFigure.graph.rest(0)");
    let answer = browser.value(&format!("{figure}.bookFigure.isPossible({lines}.reverse())"));
    let answer = answer.as_str().unwrap().to_owned();
    assert!(answer.starts_with("Not among the ") && answer.contains("proves nothing"), "{answer}");
    let answer = browser.value(&format!("{figure}.bookFigure.isPossible({lines})"));
    assert!(answer.as_str().unwrap().starts_with("Yes, this is one of the "), "{answer}");
    browser.assert_no_error();
}

#[test]
fn a_guess_is_kept_and_compared() {
    let Some(browser) = Browser::of_width(1200) else { return };
    browser.open("en/pool_demo.html");
    browser.run("localStorage.clear()");
    browser.open("en/pool_demo.html");
    let guess = "document.querySelectorAll('form.guess')[0]";
    browser.run(&format!("{guess}.querySelector('input').value = '5'"));
    browser.run(&format!("{guess}.querySelector('[type=submit]').click()"));
    let said = format!("{guess}.querySelector('p').textContent");
    assert_eq!(browser.value(&said), "You guessed “5”. Compare it:");
    assert_eq!(browser.value("document.querySelector('details.predict').open"), true);
    // It is still there in the other language.
    browser.open("zh-CN/pool_demo.html");
    assert_eq!(browser.value(&said), "你猜的是“5”。 对照一下：");
    browser.run(&format!("{guess}.querySelector('[type=button]').click()"));
    browser.run(&format!("{guess}.querySelector('input').value = '2 个'"));
    browser.run(&format!("{guess}.querySelector('[type=submit]').click()"));
    assert_eq!(browser.value(&said), "你猜的是“2 个”。 猜对了。");
    browser.assert_no_error();
}

#[test]
fn a_lecture_goes_on_by_one_step_a_key() {
    for (width, language, first) in [(1200, "en", "1 / "), (400, "zh-CN", "第 1 步，共 ")] {
        let Some(browser) = Browser::of_width(width) else { return };
        browser.open(&format!("{language}/ordering_demo.html"));
        let is_on = || browser.value("document.body.classList.contains('speaker')");
        let place = || browser.value("document.querySelector('.speaker-place')?.textContent ?? ''");
        let pressed = |key: &str| {
            let press = format!("new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }})");
            browser.run(&format!("document.body.dispatchEvent({press})"));
        };
        assert_eq!(is_on(), false);
        pressed("s");
        assert_eq!(is_on(), true, "and no search");
        assert!(place().as_str().unwrap().starts_with(first), "{}", place());
        assert_eq!(browser.shown().split(',').filter(|node| *node != "speaker-place").count(), 1, "the title alone");
        browser.screenshot(&format!("speaker-title-{language}-{width}"));

        // To the figure, by what remotes send; there a step is a line.
        let figure = "document.querySelector('#play-ordering_demo').getClientRects().length > 0";
        let mut steps = 1;
        while browser.value(figure) == false {
            browser.press(if steps % 2 == 0 { Key::PageDown } else { Key::Right });
            steps += 1;
            assert!(steps < 100, "{}", browser.shown());
            assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth"), true, "step {steps}");
        }
        let lines = || browser.value(&format!("{FIGURE}.querySelectorAll('.terminal li').length"));
        assert_eq!(lines(), 0);
        for line in 1..=4 {
            pressed(" ");
            assert_eq!(lines(), line);
        }
        browser.screenshot(&format!("speaker-figure-{language}-{width}"));
        browser.press(Key::PageUp);
        assert_eq!(
            (lines(), browser.value("location.pathname.endsWith('/ordering_demo.html')")),
            (3.into(), true.into())
        );

        pressed("End");
        let last = place();
        browser.press(Key::PageDown);
        assert_eq!(place(), last, "there is no step behind the last");
        pressed("b");
        assert_eq!(browser.value("getComputedStyle(document.querySelector('main')).backgroundColor"), "rgb(0, 0, 0)");
        pressed("Home");
        assert!(place().as_str().unwrap().starts_with(first), "{}", place());
        pressed("Escape");
        assert_eq!(is_on(), false);
        assert_eq!(browser.value("document.querySelector('#code-ordering_demo').getClientRects().length > 0"), true);

        // By the button, from what is being read; and keys that are meant for a text are left to it.
        browser.click(".speaker-button");
        assert_eq!(is_on(), true);
        pressed("s");
        browser.run("document.querySelector('form.guess input[type=text]')?.focus()");
        assert_eq!(is_on(), false);
        browser.assert_no_error();
    }
}

#[test]
fn each_lesson_is_shown_to_its_end_and_other_pages_are_not() {
    let Some(browser) = Browser::of_width(1200) else { return };
    let lessons = pages(&BOOK.join("en")).into_iter().filter(|page| page.to_str().unwrap().ends_with("_demo.html"));
    for lesson in lessons {
        browser.open(&format!("en/{}", lesson.file_name().unwrap().to_str().unwrap()));
        browser.click(".speaker-button");
        let place = || browser.value("document.querySelector('.speaker-place').textContent.split(' / ').map(Number)");
        let total = place()[1].as_u64().unwrap();
        assert!(total > 10, "{}", lesson.display());
        // Each press goes on, by a step or within one.
        let state = || {
            browser.value("[document.querySelector('.speaker-place').textContent, document.querySelector('main').scrollTop].join()")
        };
        let mut presses = 0;
        while place()[0] != place()[1] {
            let before = state();
            browser.press(Key::PageDown);
            assert_ne!(state(), before, "{}", lesson.display());
            presses += 1;
            assert!(presses < 10 * total, "{}: {}", lesson.display(), state());
        }
        assert_eq!(browser.value("document.querySelector('main > .speaker-now') !== null"), true);
        browser.assert_no_error();
    }
    browser.open("en/index.html");
    browser.run(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true, cancelable: true }))",
    );
    assert_eq!(browser.value("document.body.classList.contains('speaker')"), false);
    assert_eq!(browser.value("document.querySelector('.speaker-button') === null"), true);
}
