//! Each writer against files that were looked at, and what must hold of whatever they write.
//!
//! `UPDATE_GOLDEN=1 cargo test -p interleave-pictures` writes the files anew; look at them before they are committed.

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::fs;
use std::path::Path;

use interleave_pictures::{ArrowKind, Kind, Lattice, Picture, html};

/// A parent that starts a child; who prints first is open.
fn fork(order: &[(usize, &str)]) -> Picture {
    let mut picture = Picture::new("ordering_demo");
    let parent = picture.lane("a", Some("parent"));
    let child = picture.lane("b", Some("child"));
    picture.moment(parent, Kind::Begin, "begins");
    let fork = picture.moment(parent, Kind::Fork, "starts b");
    let begin = picture.moment(child, Kind::Begin, "begins");
    picture.arrow(ArrowKind::Fork, fork, begin);
    for &(lane, text) in order {
        picture.moment(lane, Kind::Line, text);
    }
    picture.moment(parent, Kind::End, "ends");
    picture.moment(child, Kind::End, "ends");
    picture.ending = "ok".to_owned();
    picture
}

/// The orders of `ordering_demo`: only the parent's end and the child's two lines are open.
fn orders() -> [Picture; 3] {
    [
        fork(&[(0, "父进程启动"), (0, "父进程结束"), (1, "子进程启动"), (1, "子进程结束")]),
        fork(&[(0, "父进程启动"), (1, "子进程启动"), (0, "父进程结束"), (1, "子进程结束")]),
        fork(&[(0, "父进程启动"), (1, "子进程启动"), (1, "子进程结束"), (0, "父进程结束")]),
    ]
}

/// Two printers, one after the other, by way of a parent that waits for each; every kind of arrow.
fn two_printers() -> Picture {
    let mut picture = Picture::new("two_printers");
    picture.schedule = Some("a2b3c".to_owned());
    picture.replay = Some("interleave replay a2b3c -- ./two_printers".to_owned());
    let a = picture.lane("a", None);
    let b = picture.lane("b", Some("first printer"));
    let c = picture.lane("c", Some("second printer"));
    picture.moment(a, Kind::Begin, "begins");
    for (lane, name) in [(b, "starts b"), (c, "starts c")] {
        let fork = picture.moment(a, Kind::Fork, name);
        let begin = picture.moment(lane, Kind::Begin, "begins");
        picture.arrow(ArrowKind::Fork, fork, begin);
    }
    picture.moment(c, Kind::Wait, "waits in read(3): nothing to read in a pipe, whose other end is held by b");
    picture.moment(a, Kind::Wait, "waits in wait4 for the end of process b");
    let line = picture.moment(b, Kind::Line, "first");
    let write = picture.moment(b, Kind::Step, "writes 5 bytes to a pipe");
    let read = picture.moment(c, Kind::Step, "reads 5 bytes from a pipe");
    picture.arrow(ArrowKind::Bytes, write, read).label = Some("token".to_owned());
    let signal = picture.moment(b, Kind::Step, "sends SIGUSR1 to c");
    let handler = picture.moment(c, Kind::Stderr, "caught SIGUSR1\n");
    picture.arrow(ArrowKind::Signal, signal, handler);
    let unlock = picture.moment(b, Kind::Step, "gives the lock back");
    let end = picture.moment(b, Kind::End, "ends");
    let lock = picture.moment(c, Kind::Step, "takes the lock");
    picture.arrow(ArrowKind::Lock, unlock, lock);
    let hears = picture.moment(a, Kind::Step, "hears of the end of b");
    picture.arrow(ArrowKind::End, end, hears);
    let second = picture.moment(c, Kind::Line, "second");
    picture.arrow(ArrowKind::Causal, line, second);
    picture.moment(c, Kind::Failure, "ended with exit code 3");
    picture.moment(a, Kind::End, "ends");
    picture.ending = "ok".to_owned();
    picture
}

/// Two that wait for each other, beside a run in which they do not.
fn deadlock() -> Picture {
    let run = |ending: &str| {
        let mut picture = Picture::new("two_locks");
        let a = picture.lane("a", None);
        let b = picture.lane("b", None);
        picture.moment(a, Kind::Begin, "begins");
        let fork = picture.moment(a, Kind::Fork, "starts b");
        let begin = picture.moment(b, Kind::Begin, "begins");
        picture.arrow(ArrowKind::Fork, fork, begin);
        picture.moment(a, Kind::Line, "a has the first lock");
        picture.ending = ending.to_owned();
        picture
    };
    let mut failing = run("deadlock");
    failing.caption = Some("both wait for ever".to_owned());
    failing.schedule = Some("ab".to_owned());
    failing.replay = Some("interleave replay ab -- ./two_locks".to_owned());
    failing.moment(1, Kind::Line, "b has the second lock");
    failing.moment(0, Kind::Wait, "waits in futex for a lock or signal in shared memory");
    failing.moment(1, Kind::Wait, "waits in futex for a lock or signal in shared memory");
    let mut passing = run("ok");
    passing.schedule = Some("a2".to_owned());
    passing.moment(0, Kind::Line, "a has both");
    passing.moment(0, Kind::End, "ends");
    passing.moment(1, Kind::Line, "b has the second lock");
    passing.moment(1, Kind::Line, "b has both");
    passing.moment(1, Kind::End, "ends");
    failing.set_beside(passing);
    failing
}

/// What a program may print to do harm.
fn hostile() -> Picture {
    let mut picture = Picture::new("</title><script>alert(1)</script>");
    picture.caption = Some("]]> --> & \" '".to_owned());
    picture.schedule = Some("<b>".to_owned());
    picture.replay = Some("interleave replay a -- sh -c 'echo \"<i>\" && exit'".to_owned());
    let a = picture.lane("a<script>", Some("\"onload=\"alert(1)"));
    let b = picture.lane("b;#%%{init}", Some("end"));
    let fork = picture.moment(a, Kind::Fork, "starts <b>");
    let begin = picture.moment(b, Kind::Begin, "begins");
    picture.arrow(ArrowKind::Fork, fork, begin).label = Some("<&>".to_owned());
    picture.moment(a, Kind::Line, "<script>alert(1)</script><img src=http://example.org/x onerror=alert(2)>");
    picture.moment(a, Kind::Line, "\u{1b}[31mred\u{7}\u{0}\u{202e}back\u{2028}\u{ffff}\t.");
    picture.moment(b, Kind::Line, "a; b # c %% d\nend\nloop x");
    picture.moment(b, Kind::Line, "");
    picture.moment(b, Kind::Line, &"long ".repeat(200));
    picture.moment(b, Kind::Line, &"长".repeat(90));
    picture.moment(b, Kind::Garbled, "\"\\xff<\" (not UTF-8)");
    picture.moment(b, Kind::Stderr, "thread 'main' panicked at <src/main.rs>:\nno & yes\n");
    picture.moment(b, Kind::Failure, "was ended by SIGKILL");
    picture.moment(a, Kind::Wait, "waits <for> ever");
    picture
}

fn all() -> Vec<(&'static str, Picture)> {
    let [first, ..] = orders();
    let empty = Picture::new("empty");
    vec![
        ("fork", first),
        ("two_printers", two_printers()),
        ("deadlock", deadlock()),
        ("hostile", hostile()),
        ("empty", empty),
    ]
}

/// Compares with a file that lies beside this one.
fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(found.lines()).position(|(expected, found)| expected != found);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    assert!(
        expected == found,
        "{name}, line {}:\n  expected {:?}\n  found    {:?}\nUPDATE_GOLDEN=1 writes it anew",
        line + 1,
        expected.lines().nth(line),
        found.lines().nth(line)
    );
}

/// Parses an SVG as XML, and looks that it does nothing and loads nothing.
fn is_harmless_svg(name: &str, svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: an id is there twice");
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let tag = node.tag_name().name();
        assert!(
            ["svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text", "line", "circle"]
                .contains(&tag),
            "{name}: <{tag}>"
        );
        assert!(node.tag_name().namespace() == Some("http://www.w3.org/2000/svg"), "{name}: <{tag}>");
        for attribute in node.attributes() {
            let attribute = attribute.name();
            assert!(
                !attribute.starts_with("on") && !attribute.contains("href") && attribute != "src",
                "{name}: {attribute}"
            );
        }
    }
    let root = document.root_element();
    for id in root.attribute("aria-labelledby").unwrap().split(' ') {
        assert!(ids.contains(&id), "{name}: nothing has the id {id}");
    }
    let labelled =
        |node: roxmltree::Node| node.attribute("tabindex").is_none() || node.attribute("aria-label").is_some();
    assert!(document.descendants().all(labelled), "{name}: the keyboard stops where nothing is said");
    assert!(!svg.contains("url(http") && !svg.contains("@import"), "{name}: something is loaded");
}

#[test]
fn space_time_diagrams_are_as_they_were() {
    for (name, picture) in all() {
        let svg = picture.svg();
        is_harmless_svg(name, &svg);
        golden(&format!("{name}.svg"), &svg);
    }
}

#[test]
fn texts_are_texts() {
    let svg = two_printers().svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<&str> = document.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text()).collect();
    for text in ["two_printers", "first", "token", "gives the lock back", "ended with exit code 3"] {
        assert!(texts.contains(&text), "{text}: {texts:?}");
    }
    let fork = orders()[0].svg();
    assert!(fork.contains(">父进程启动</text>"), "{fork}");
}

#[test]
fn what_is_the_same_in_both_runs_is_at_the_same_height() {
    let picture = deadlock();
    let svg = picture.svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let height = |id: String| {
        let moment = document.descendants().find(|node| node.attribute("id") == Some(&id)).unwrap();
        moment.descendants().find(|node| node.has_tag_name("rect")).unwrap().attribute("y").unwrap().to_owned()
    };
    let parting = picture.parting(picture.beside.as_ref().unwrap());
    assert_eq!(parting, 4);
    for number in 1..=parting + 1 {
        assert_eq!(height(format!("run-{number}")), height(format!("run-beside-{number}")));
    }
    let decided = |picture: &Picture| picture.moments.iter().position(|moment| moment.decides);
    assert_eq!(decided(&picture), Some(4));
    assert_eq!(decided(picture.beside.as_ref().unwrap()), Some(4));
}

#[test]
fn pages_are_as_they_were_and_load_nothing() {
    for (name, picture) in all() {
        let page = picture.html();
        is_harmless_page(name, &page);
        golden(&format!("{name}.html"), &page);
    }
    let all: Vec<Picture> = all().into_iter().map(|(_, picture)| picture).collect();
    is_harmless_page("all", &html(&all));
}

fn is_harmless_page(name: &str, page: &str) {
    assert!(page.contains("default-src 'none'"), "{name}");
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<link"), "{name}");
    for (at, _) in page.match_indices("href=") {
        assert!(page[at..].starts_with("href=\"#"), "{name}: {}", page[at..].chars().take(60).collect::<String>());
        let id = page[at + 7..].split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{name}: nothing has the id {id}");
    }
    for loads in [" src=", "url(h", "url(/", "@import", " data=", " action=", " srcset=", " poster="] {
        let found = page.replace("&lt;img src=http", "");
        assert!(!found.contains(loads), "{name}: {loads}");
    }
    // It is XML too, but for what HTML leaves open.
    let body = &page[page.find("<body").unwrap()..page.find("</html>").unwrap()];
    let document = roxmltree::Document::parse(body).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: an id is there twice");
}

#[test]
fn sequence_diagrams_are_as_they_were() {
    for (name, picture) in all() {
        let text = picture.mermaid();
        golden(&format!("{name}.mmd"), &text);
        let bare = text.replace("<br/>", "");
        assert!(!bare.contains(['<', '"', '%', '{', '$', '`', '\\']), "{name}: {text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("    ")), "{name}: {text}");
    }
}

#[test]
fn traces_for_perfetto_are_as_they_were() {
    for (name, picture) in all() {
        let trace = picture.perfetto();
        golden(&format!("{name}.perfetto.json"), &trace);
        let trace: serde_json::Value = serde_json::from_str(&trace).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let of_kind = |ph: &str| events.iter().filter(|event| event["ph"] == ph).collect::<Vec<_>>();
        assert_eq!(of_kind("X").len(), picture.moments.len(), "{name}");
        // An arrow is drawn only if each of its ends lies in a slice of its process.
        for end in of_kind("s").into_iter().chain(of_kind("f")) {
            let at = end["ts"].as_u64().unwrap();
            let around = |slice: &&&serde_json::Value| {
                let from = slice["ts"].as_u64().unwrap();
                slice["pid"] == end["pid"] && from <= at && at < from + slice["dur"].as_u64().unwrap()
            };
            assert_eq!(of_kind("X").iter().filter(around).count(), 1, "{name}: {end}");
        }
    }
}

#[test]
fn real_times_are_kept() {
    let mut picture = orders()[0].clone();
    for (number, moment) in picture.moments.iter_mut().enumerate() {
        moment.at = Some(number as f64 * 0.5);
    }
    let trace: serde_json::Value = serde_json::from_str(&picture.perfetto()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let times: Vec<u64> = events.iter().filter(|e| e["ph"] == "X").map(|e| e["ts"].as_u64().unwrap()).collect();
    assert_eq!(times, (0..picture.moments.len() as u64).map(|n| n * 500_000).collect::<Vec<_>>());
}

#[test]
fn the_nearest_run_is_the_one_that_goes_longest_together() {
    let [first, second, third] = orders();
    assert_eq!(third.nearest([&first, &second]), Some(&second));
    assert_eq!(first.nearest([&second, &third]), Some(&second));
    assert_eq!(first.nearest([]), None);
}

#[test]
fn lattices_are_as_they_were() {
    let mut lattice = Lattice::new();
    orders().iter().for_each(|order| lattice.add(order));
    let svg = lattice.svg().unwrap();
    is_harmless_svg("lattice", &svg);
    golden("lattice.svg", &svg);
    let mut hostile_lattice = Lattice::new();
    hostile_lattice.add(&hostile());
    is_harmless_svg("hostile lattice", &hostile_lattice.svg().unwrap());
    is_harmless_svg("empty lattice", &Lattice::new().svg().unwrap());
}

#[test]
fn a_lattice_of_many_states_has_no_texts_beside_its_lines() {
    let mut lattice = Lattice::new();
    // Six who print once each: 720 orders, 64 states.
    let mut add = |order: &[usize]| {
        let mut picture = Picture::new("six");
        for name in ["a", "b", "c", "d", "e", "f"] {
            picture.lane(name, None);
        }
        for &lane in order {
            picture.moment(lane, Kind::Line, "hello");
        }
        lattice.add(&picture);
    };
    permutations(&mut vec![0, 1, 2, 3, 4, 5], 0, &mut add);
    let svg = lattice.svg().unwrap();
    is_harmless_svg("six", &svg);
    assert!(svg.contains("720 orders, 64 states"));
    assert_eq!(svg.matches("<circle").count(), 64);
    assert!(!svg.contains(">hello</text>"));
}

fn permutations(order: &mut Vec<usize>, from: usize, each: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        return each(order);
    }
    for at in from..order.len() {
        order.swap(from, at);
        permutations(order, from + 1, each);
        order.swap(from, at);
    }
}
