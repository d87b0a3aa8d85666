//! Every fault that a claims block can have is reported where it stands, with what would be right.

use std::path::Path;

use super::claims::{Claims, Ending, Item, Rule, Start};
use super::markdown::fences;
use super::read;

const GOOD: &str = r#"# A lesson

```toml claims
[program]
bin = "demo"

[lines]
writer = ["Put {v} to queue..."]
reader = ["Process to read: {pid}", "Get {v} from queue."]

[values]
v = ["A", "B"]

[ends]
reader = "SIGTERM"
```

A sentence.

```toml claims
[[claim]]
says  = "put before got"
order = ["Put {v} to queue...", "Get {v} from queue.", { exit = "reader" }]

[[claim]]
says  = "A before B"
order = ["Put A to queue...", "Put B to queue..."]
```
"#;

fn read(text: &str) -> Result<Vec<Claims>, Vec<String>> {
    let found = read::read(Path::new("README.md"), &fences(text));
    found.map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn blocks_of_one_program_belong_together() {
    let programs = read(GOOD).unwrap();
    let [demo] = programs.as_slice() else { panic!("one program, not {}", programs.len()) };
    assert_eq!(demo.program, "demo");
    assert_eq!(demo.roles[0].name, "writer", "roles are in the order of the notes");
    assert_eq!(demo.roles[1].ends, Ending::Signal(15));
    assert_eq!((demo.claims.len(), demo.claims[0].at.line), (2, 21));
    let Rule::Order(items) = &demo.claims[0].rule else { panic!("an order") };
    assert!(matches!(items[2], Item::Exit(1)));
    let Rule::Order(items) = &demo.claims[1].rule else { panic!("an order") };
    let Item::Line(line) = &items[0] else { panic!("a line") };
    assert_eq!(line.fixed["v"], "A");
}

/// Replaces `from` by `to` in the good notes, and expects the one fault that this makes.
fn spoilt(from: &str, to: &str, fault: &str) {
    assert!(GOOD.contains(from), "{from}");
    let faults = read(&GOOD.replacen(from, to, 1)).expect_err(fault);
    let [found] = faults.as_slice() else { panic!("{faults:#?} instead of one: {fault}") };
    assert!(found.starts_with("README.md:") && found.contains(fault), "{found}\ninstead of\n{fault}");
}

#[test]
fn a_fault_is_reported_where_it_stands_and_with_what_would_be_right() {
    spoilt("bin = \"demo\"", "bin = demo", "README.md:5: ");
    spoilt(
        "bin = \"demo\"",
        "bim = \"demo\"",
        "README.md:5: unknown field `bim`, expected one of `bin`, `run`, `build`, `name`, `like`, `endless`, `deadlock`, `cpus`, `unexplored`, `time`",
    );
    spoilt("bin = \"demo\"", "", "README.md:4: what is to be run? `bin` names a binary of the crate, `run` a command");
    spoilt("{v} to queue...\"]", "{v to queue...\"]", "README.md:8: `{` without `}`");
    spoilt(
        "v = [\"A\", \"B\"]",
        "v = \"letter\"",
        "README.md:12: \"letter\" is no kind of value; \"integer\", \"decimal\", \"seconds\"",
    );
    spoilt("v = [\"A\", \"B\"]", "v = [1.5]", "README.md:12: a value is a number or a text in quotes");
    spoilt("v = [\"A\", \"B\"]", "v = [\"A\", \"B\"]\nw = [1]", "README.md:13: no line has a {w}");
    spoilt("v = [\"A\", \"B\"]", "v = [\"A\", \"B\"]\npid = \"integer\"", "README.md:13: {pid} needs no values");
    spoilt("v = [\"A\", \"B\"]", "", "README.md:4: {v} in the lines of `demo` has no entry in [values]");
    spoilt("reader = \"SIGTERM\"", "reader = \"SIGFOO\"", "README.md:14: \"SIGFOO\" is no signal");
    spoilt("reader = \"SIGTERM\"", "redaer = 0", "README.md:14: no role `redaer` in [lines]; there is writer, reader");
    spoilt("says  = \"A before B\"", "", "README.md:25: missing field `says`");
    spoilt("says  = \"A before B\"", "says = \"put before got\"", "README.md:25: \"put before got\" is claimed above");
    spoilt("exit = \"reader\"", "exit = \"nobody\"", "README.md:21: claim \"put before got\": no role `nobody`");
    spoilt("exit = \"reader\"", "end = \"reader\"", "README.md:23: unknown field `end`, expected `exit`");
    spoilt("Put A to queue", "Put C to queue", "\"Put C to queue...\" is none of the lines in [lines]");
    spoilt("order = [\"Put A", "ordr = [\"Put A", "README.md:27: unknown field `ordr`");
    spoilt("order = [\"Put A to queue...\", ", "order = [", "`order` needs two items or more");
    spoilt("order = [\"Put A", "count = 1\nof = [\"Put A\"]\nzzz = [\"Put A", "unknown field `zzz`");
    spoilt("order = [\"Put A", "at_most = 1\norder = [\"Put A", "`at_most` does not go with `order`; one rule a claim");
    spoilt("order = [\"Put A to queue...\", \"Put B to queue...\"]", "", "no rule; one of order, either, count");
    spoilt("order = [\"Put A to queue...\", \"Put B to queue...\"]", "count = 1", "`count` needs `of` beside it");
    spoilt("order = [\"Put A", "count = \"2-3\"\nof = [\"Put A", "a number, \"3..\" for at least 3, or \"1..=3\"");
    spoilt("order = [\"Put A", "count = -1\nof = [\"Put A", "a number, \"3..\" for at least 3, or \"1..=3\"");
    spoilt("order = [\"Put A", "same = \"pid\"\nlines = [\"Put A", "\"Put A to queue...\" has no {pid}");
    spoilt("order = [\"Put A", "at_least = 1.0\nprinted = \"v\"\nbetween = [\"Put A", "{v} is not");
    spoilt("order = [\"Put A to queue...\", \"Put B to queue...\"]", "at_once = 2", "`at_once` needs `open` beside it");
    let value = "at_least = 2.0\nvalue = \"v\"\nlines = [\"Put {v} to queue...\"]";
    spoilt("order = [\"Put A to queue...\", \"Put B to queue...\"]", value, "whose value is a number; {v} is not");
    let value = "at_least = 2.0\nvalue = \"v\"\nlines = [\"Process to read: {pid}\"]";
    spoilt("order = [\"Put A to queue...\", \"Put B to queue...\"]", value, "\"Process to read: {pid}\" has no {v}");
    let order = "order = [\"Put A to queue...\", \"Put B to queue...\"]";
    spoilt(order, "shares_memory = true", "`shares_memory` can only be false");
    spoilt(order, "did_work = 1.0", "`did_work` needs `between` beside it");
    let work = "did_work = 0.01\nbetween = [\"Put A to queue...\", \"Put B to queue...\"]";
    spoilt(order, work, "`did_work` needs 0.05 s or more");
    let work = "did_work = 1.0\nbetween = [\"Put A to queue...\", \"Get A from queue.\"]";
    spoilt(order, work, "`did_work` needs two lines of one role");
    spoilt(order, "started_by = { reader = \"nobody\" }", "no role `nobody`");
    spoilt(order, "reaped = 1", "`reaped` needs `before` beside it");
    spoilt(order, "tells_ends = [\"Put A to queue...\"]", "says by neither {code} nor {signal} how a child has ended");
    spoilt(order, "threads = { nobody = 3 }", "no role `nobody`");
    spoilt(order, "told = \"data\"", "`told` needs `before` beside it");
    spoilt(order, "told = \"lies\"\nbefore = \"Put A to queue...\"", "`told` knows no \"lies\"");
    let told = "told = \"data\"\nby = \"nobody\"\nbefore = \"Put A to queue...\"";
    spoilt(order, told, "no role `nobody`");
    let told = "told = \"EPIPE\"\nby = \"reader\"\nbefore = \"Put A to queue...\"";
    spoilt(order, told, "`by` does not go with `told`");
    spoilt(order, "tells_ends = []", "`tells_ends` needs a line or more");
    spoilt("bin = \"demo\"", "bin = \"demo\"\ncpus = 0", "README.md:4: `cpus` needs to be 1 or more");
    let both = "bin = \"demo\"\nendless = true\ndeadlock = true";
    spoilt("bin = \"demo\"", both, "README.md:4: `endless` and `deadlock` do not go together");
    spoilt("order = [\"Put A", "either = [\"Put A to queue...\", \"Put A", "`either` needs exactly two items");
}

#[test]
fn claims_need_a_program() {
    let faults = read(&GOOD.replacen("[program]\nbin = \"demo\"\n", "", 1)).expect_err("no program");
    assert!(faults[0].starts_with("README.md:4: claims before any [program]"), "{faults:?}");
}

#[test]
fn a_program_may_be_like_another() {
    let like = "```toml claims\n[program]\nname = \"other\"\nrun = \"./other 'a b'\"\nlike = \"demo\"\n[lines]\n\
                reader = [\"Process to read: {pid}\", \"Get {v} from queue.\", \"bye\"]\n[values]\nv = [\"A\", \"B\", \"C\"]\n\
                [[claim]]\nsays = \"A before B\"\norder = [\"Put A to queue...\", \"bye\"]\n\
                [[claim]]\nsays = \"more\"\ncount = 1\nof = [\"bye\"]\n```\n";
    let fences = fences(&format!("{GOOD}\n{like}"));
    let both = read::read(Path::new("README.md"), &fences).expect("good claims");
    let [demo, other] = both.as_slice() else { panic!("{both:#?}") };
    let command = ["./other", "a b"].map(str::to_owned).to_vec();
    assert_eq!(other.start, Start::Run { command, build: None });
    assert_eq!(other.roles[0].lines, demo.roles[0].lines);
    assert_eq!((demo.roles[1].lines.len(), other.roles[1].lines.len()), (2, 3));
    let says = |claims: &Claims| -> Vec<String> { claims.claims.iter().map(|claim| claim.says.clone()).collect() };
    assert_eq!(says(other), [says(demo), vec!["more".to_owned()]].concat());
    let own = other.claims.iter().find(|claim| claim.says == "A before B").expect("it is there");
    assert!(matches!(&own.rule, Rule::Order(items) if matches!(&items[1], Item::Line(line) if line.text == "bye")));
    assert_eq!(other.roles[1].ends, demo.roles[1].ends, "ends are taken over as well");
}

#[test]
fn a_line_of_two_roles_cannot_be_claimed() {
    let two = GOOD.replacen("reader = [", "reader = [\"Put A to queue...\", ", 1);
    let faults = read(&two).expect_err("ambiguous");
    assert!(faults.iter().any(|fault| fault.contains("may be a line of two roles")), "{faults:?}");
}

#[test]
fn all_faults_are_reported_at_once_and_in_order() {
    let two = GOOD.replacen("SIGTERM", "SIGFOO", 1).replacen("Put A to queue", "Put C to queue", 1);
    let faults = read(&two).expect_err("two faults");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("SIGFOO") && faults[1].contains("Put C"), "{faults:?}");
}

#[test]
fn a_program_has_one_place_for_its_claims() {
    let faults = read(&format!("{GOOD}\n{GOOD}")).expect_err("twice");
    assert!(faults[0].contains("`demo` has claims at README.md:4 already"), "{faults:?}");
}
