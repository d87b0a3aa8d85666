//! `cargo bench -p xtask [-- WORDS OF A ROW…]`: how fast programs are explored and lessons judged. Each row has what it is to be
//! compared with beside it, measured in the same run; figures of two machines, or of two loads, cannot be compared, but ratios can.
//!
//! What is not installed (Python, Ruby, Go, Node, a C compiler) is left out with a word.

#![allow(clippy::unwrap_used, reason = "in a benchmark it is the report of a failure")]

mod foreign;
mod growth;
mod measure;
mod own;

/// A row, or a table of its own: by which words it is asked for, and what measures and prints it.
const ROWS: [(&str, fn()); 12] = [
    ("ordering_demo, interleavings a second", own::ordering),
    ("a run of a C program against a plain run", own::c_program),
    ("verify --explore of the six first lessons, debug build", own::six_lessons),
    ("whole verify against its longest lesson", own::whole_verify),
    ("runs for each distinct interleaving, conformance suite", own::redundancy),
    ("Python's Pool of the notes, mended", foreign::python_pool),
    ("Python's Queue of the notes, mended", foreign::python_queue),
    ("Python's subprocess.run", foreign::subprocess),
    ("Ruby's Process.wait", foreign::ruby),
    ("Go, a program of two children", foreign::go),
    ("Node's spawn", foreign::node),
    ("growth with processes and lines", growth::table),
];

fn main() {
    // `cargo bench` adds an option of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let is_asked =
        |name: &str| words.is_empty() || words.iter().any(|word| name.to_lowercase().contains(&word.to_lowercase()));
    println!("{:55} {:>24} {:>30} {:>9}", "", "here", "to compare", "ratio");
    for (name, measure) in ROWS {
        if is_asked(name) {
            measure();
        }
    }
}

/// Prints a row.
fn row(name: &str, here: &str, beside: &str, ratio: Option<f64>) {
    let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    println!("{name:55} {here:>24} {beside:>30} {ratio:>9}");
}

/// Prints that there is no row.
fn skipped(name: &str, why: &str) {
    println!("{name:55} not measured: {why}");
}
