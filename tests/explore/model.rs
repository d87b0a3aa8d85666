//! Small programs in a small language, and a model of what they may print: every order, found by trying them all.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Prints its process's letter and this number.
    Line(u8),
    /// Prints what was last received.
    Got,
    /// Puts this number into a pipe.
    Send(usize, u8),
    /// Waits for a number from a pipe.
    Receive(usize),
    /// Starts that process.
    Fork(usize),
    /// Waits for its end.
    Wait(usize),
    /// Kills it.
    Kill(usize),
    /// Sleeps for so many seconds.
    Sleep(u8),
}

/// What each process does; the first starts the others.
pub type Script = Vec<Vec<Op>>;

/// A line: which process printed it, and what.
pub type Line = (usize, String);

pub fn encode(script: &Script) -> String {
    let op = |op: &Op| match *op {
        Op::Line(n) => format!("l{n}"),
        Op::Got => "g".to_owned(),
        Op::Send(pipe, n) => format!("s{pipe}.{n}"),
        Op::Receive(pipe) => format!("r{pipe}"),
        Op::Fork(process) => format!("f{process}"),
        Op::Wait(process) => format!("w{process}"),
        Op::Kill(process) => format!("k{process}"),
        Op::Sleep(seconds) => format!("z{seconds}"),
    };
    let process = |ops: &Vec<Op>| ops.iter().map(op).collect::<Vec<_>>().join(" ");
    script.iter().map(process).collect::<Vec<_>>().join("|")
}

pub fn decode(text: &str) -> Script {
    let number = |text: &str| text.parse::<usize>().unwrap();
    let op = |word: &str| match word.split_at(1) {
        ("l", n) => Op::Line(number(n) as u8),
        ("g", _) => Op::Got,
        ("s", rest) => rest.split_once('.').map(|(pipe, n)| Op::Send(number(pipe), number(n) as u8)).unwrap(),
        ("r", pipe) => Op::Receive(number(pipe)),
        ("f", process) => Op::Fork(number(process)),
        ("w", process) => Op::Wait(number(process)),
        ("k", process) => Op::Kill(number(process)),
        ("z", seconds) => Op::Sleep(number(seconds) as u8),
        _ => panic!("{word}"),
    };
    text.split('|').map(|process| process.split_whitespace().map(op).collect()).collect()
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// How far each process is; `None` if it was not started.
    at: Vec<Option<usize>>,
    ended: Vec<bool>,
    last: Vec<u8>,
    pipes: BTreeMap<usize, VecDeque<u8>>,
    lines: Vec<Line>,
}

/// Every order of lines with which the program may come to rest, and whether some process then still waits.
pub fn orders(script: &Script) -> BTreeSet<(Vec<Line>, bool)> {
    let count = script.len();
    let mut at = vec![None; count];
    at[0] = Some(0);
    let start =
        State { at, ended: vec![false; count], last: vec![0; count], pipes: BTreeMap::new(), lines: Vec::new() };
    let mut seen = HashSet::from([start.clone()]);
    let mut left = vec![start];
    let mut orders = BTreeSet::new();
    while let Some(state) = left.pop() {
        let next: Vec<State> = (0..count).filter_map(|process| step(script, &state, process)).collect();
        if next.is_empty() {
            let waits = (0..count).any(|process| state.at[process].is_some() && !state.ended[process]);
            orders.insert((state.lines.clone(), waits));
        }
        left.extend(next.into_iter().filter(|next| seen.insert(next.clone())));
    }
    orders
}

fn step(script: &Script, state: &State, process: usize) -> Option<State> {
    let at = state.at[process].filter(|_| !state.ended[process])?;
    let mut next = state.clone();
    next.at[process] = Some(at + 1);
    match script[process].get(at) {
        None => next.ended[process] = true,
        Some(Op::Line(n)) => next.lines.push((process, format!("line {n}"))),
        Some(Op::Got) => next.lines.push((process, format!("got {}", state.last[process]))),
        Some(Op::Send(pipe, n)) => next.pipes.entry(*pipe).or_default().push_back(*n),
        Some(Op::Receive(pipe)) => next.last[process] = next.pipes.get_mut(pipe)?.pop_front()?,
        Some(Op::Fork(child)) => next.at[*child] = Some(0),
        Some(Op::Wait(child)) if !state.ended[*child] => return None,
        Some(Op::Wait(_) | Op::Sleep(_)) => {}
        Some(Op::Kill(child)) => next.ended[*child] = true,
    }
    Some(next)
}
