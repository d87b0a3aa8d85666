//! A model of some of the words of `script.c`: what a script made of these can come to, found by trying every order of its steps.
//!
//! It knows processes, their ends and who waits for them, pipes with room enough, a semaphore, and words of shared memory. Its steps are as the manual
//! pages have them, and it knows nothing of how an exploration works.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use interleave::outcome::{Ending, Outcome};

type Word<'a> = Vec<&'a str>;

/// How a process has ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Exited(i32),
    Killed(i32),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Life {
    Unborn,
    /// At this word, or behind the last, where it is to print what it has seen.
    At(usize),
    /// It has printed that, and is to end.
    Ends(i32),
    /// What it had open is closed.
    Closed(End),
    Zombie(End),
    Gone,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Process {
    life: Life,
    parent: Option<usize>,
    /// It was sent a signal that kills it; and whether it may still send one itself, since it was about to.
    struck: Option<(i32, bool)>,
    seen: String,
    /// What it has loaded, and will store again with something added.
    loaded: Option<i64>,
    /// Which ends of which pipes it has open.
    open: BTreeSet<(u32, bool)>,
    ignores_sigpipe: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    processes: Vec<Process>,
    /// In which order they were born.
    births: Vec<usize>,
    pipes: BTreeMap<u32, String>,
    semaphore: i64,
    words: BTreeMap<u32, i64>,
    text: String,
    end_of_first: Option<End>,
}

const READS: bool = false;
const WRITES: bool = true;

/// What the script can come to; nothing if it has a word that the model does not know.
pub fn outcomes(script: &str) -> Option<BTreeSet<Outcome>> {
    let parts: Vec<Vec<Word>> =
        script.split('|').map(|part| part.split_whitespace().map(|word| word.split('.').collect()).collect()).collect();
    let unborn = Process {
        life: Life::Unborn,
        parent: None,
        struck: None,
        seen: String::new(),
        loaded: None,
        open: BTreeSet::new(),
        ignores_sigpipe: false,
    };
    let mut state = State {
        processes: vec![unborn; parts.len()],
        births: vec![0],
        pipes: BTreeMap::new(),
        semaphore: 0,
        words: BTreeMap::new(),
        text: String::new(),
        end_of_first: None,
    };
    state.processes[0].life = Life::At(0);
    let mut outcomes = BTreeSet::new();
    let (mut known, mut todo) = (HashSet::new(), vec![state]);
    while let Some(state) = todo.pop() {
        if !known.insert(state.clone()) {
            continue;
        }
        let mut is_over = true;
        for (process, words) in parts.iter().enumerate() {
            let mut next = state.clone();
            if next.step(process, words)? {
                is_over = false;
                todo.push(next);
            }
            let mut next = state.clone();
            if next.goes(process) {
                is_over = false;
                todo.push(next);
            }
        }
        if is_over {
            let is_left = |process: &Process| matches!(process.life, Life::At(_) | Life::Ends(_));
            let ending = match state.end_of_first {
                _ if state.processes.iter().any(is_left) => Ending::Deadlock,
                Some(End::Killed(signal)) => Ending::Killed(signal),
                Some(End::Exited(code)) => Ending::Exited(code),
                None => Ending::Stopped,
            };
            outcomes.insert(Outcome { text: state.text, ending });
        }
    }
    Some(outcomes)
}

fn letter(process: usize) -> char {
    char::from(b'a' + process as u8)
}

impl State {
    /// Lets a process take its next step; whether it can. Nothing if the model does not know what that is.
    fn step(&mut self, process: usize, words: &[Word]) -> Option<bool> {
        let one = &mut self.processes[process];
        let at = match (&one.life, &mut one.struck) {
            (&Life::At(at), None) => at,
            (&Life::At(at), Some((_, sends))) if words.get(at).is_some_and(|word| word[0] == "kill") => {
                if !std::mem::take(sends) {
                    return Some(false);
                }
                at
            }
            (&Life::Ends(code), None) => {
                self.end(process, End::Exited(code));
                return Some(true);
            }
            _ => return Some(false),
        };
        let Some(word) = words.get(at) else {
            self.finish(process, 0);
            return Some(true);
        };
        one.life = Life::At(at + 1);
        self.word(process, word)
    }

    fn word(&mut self, process: usize, word: &[&str]) -> Option<bool> {
        let number = |at: usize| word.get(at).and_then(|text| text.parse::<i64>().ok());
        let slot = number(1).unwrap_or(0) as u32;
        let one = &mut self.processes[process];
        match word[0] {
            "nap" => {}
            "say" => self.text += &format!("{}{}\n", letter(process), word[1]),
            "exit" => self.finish(process, slot as i32),
            "abort" => self.end(process, End::Killed(libc::SIGABRT)),
            "parent" => {
                let is_so = one.parent == Some(slot as usize);
                self.see(process, &format!("parent={}", i32::from(is_so)));
            }
            "fork" => {
                let child = slot as usize;
                self.processes[child] = Process {
                    life: Life::At(0),
                    parent: Some(process),
                    struck: None,
                    seen: String::new(),
                    ..self.processes[process].clone()
                };
                self.births.push(child);
            }
            "kill" if matches!(number(2), Some(9 | 15)) => match self.processes[slot as usize].life {
                Life::At(_) | Life::Ends(_) => {
                    let signal = number(2)? as i32;
                    self.processes[slot as usize].struck.get_or_insert((signal, true));
                }
                Life::Closed(_) | Life::Zombie(_) => {}
                Life::Gone => self.see(process, "kill=srch"),
                Life::Unborn => return None,
            },
            "any" | "wait" | "look" | "has" | "peek" | "forget" | "all" | "sum" => {
                return Some(self.waits(process, word));
            }
            "there" => {
                let born = |other: usize| self.births.iter().position(|&one| one == other);
                // Of who is born after it, it has no number: of its own group there is somebody, then.
                let target = slot as usize;
                let is_known = born(target)
                    .is_some_and(|when| Some(when) <= born(process) || self.processes[target].parent == Some(process));
                let is_gone = is_known && self.processes[target].life == Life::Gone;
                self.see(process, if is_gone { "there=srch" } else { "there=0" });
            }
            "ignore" if slot == libc::SIGPIPE as u32 => one.ignores_sigpipe = true,
            "pipe" => {
                one.open.extend([(slot, READS), (slot, WRITES)]);
                self.pipes.insert(slot, String::new());
            }
            "cr" | "cw" => {
                let end = (slot, if word[0] == "cr" { READS } else { WRITES });
                // What its number stands for then is another question.
                one.open.remove(&end).then_some(())?;
            }
            "avail" => {
                one.open.contains(&(slot, READS)).then_some(())?;
                let count = self.pipes.get(&slot)?.len();
                self.see(process, &format!("avail={count}"));
            }
            "r" => {
                one.open.contains(&(slot, READS)).then_some(())?;
                let has_writers = self.processes.iter().any(|other| other.is_open((slot, WRITES)));
                let pipe = self.pipes.get_mut(&slot)?;
                if pipe.is_empty() && has_writers {
                    return Some(false);
                }
                let rest = pipe.split_off(pipe.len().min(number(2)? as usize));
                let got = std::mem::replace(pipe, rest);
                self.see(process, &format!("r=[{got}]"));
            }
            "w" => {
                one.open.contains(&(slot, WRITES)).then_some(())?;
                let ignores = one.ignores_sigpipe;
                if self.processes.iter().any(|other| other.is_open((slot, READS))) {
                    let bytes = letter(process).to_string().repeat(number(2)? as usize);
                    self.pipes.get_mut(&slot)?.push_str(&bytes);
                } else if ignores {
                    self.see(process, "w=pipe");
                } else {
                    self.end(process, End::Killed(libc::SIGPIPE));
                }
            }
            "share" if word.len() == 1 => {}
            "ld" => {
                let value = self.words.get(&slot).copied().unwrap_or(0);
                self.see(process, &format!("ld={value}"));
            }
            "st" => drop(self.words.insert(slot, number(2)?)),
            "add" => {
                let value = self.words.get(&slot).copied().unwrap_or(0) + number(2)?;
                self.words.insert(slot, value);
                self.see(process, &format!("add={value}"));
            }
            // A load, and in the next step a store.
            "inc" | "or" => match one.loaded.take() {
                None => {
                    one.loaded = Some(self.words.get(&slot).copied().unwrap_or(0));
                    if let Life::At(at) = one.life {
                        one.life = Life::At(at - 1);
                    }
                }
                Some(value) if word[0] == "inc" => drop(self.words.insert(slot, value + number(2)?)),
                Some(value) => drop(self.words.insert(slot, value | number(2)?)),
            },
            "sems" => self.semaphore = number(2)?,
            "semval" => self.see(process, &format!("semval={}", self.semaphore)),
            "op" if word.get(3).is_none_or(|flags| *flags == "n") => {
                let by = number(2)?;
                let is_possible = if by == 0 { self.semaphore == 0 } else { self.semaphore + by >= 0 };
                match is_possible {
                    true if by > 0 => self.semaphore += by,
                    true => {
                        self.semaphore += by;
                        self.see(process, "op=0");
                    }
                    false if word.len() > 3 => self.see(process, "op=again"),
                    false => return Some(false),
                }
            }
            _ => return None,
        }
        Some(true)
    }

    /// wait(2): of several that have ended, the eldest.
    fn waits(&mut self, process: usize, word: &[&str]) -> bool {
        let name = word[0];
        let asked: Option<usize> = word.get(1).and_then(|child| child.parse().ok());
        let is_meant = |child: &&usize| {
            let of = &self.processes[**child];
            of.parent == Some(process) && of.life != Life::Gone && asked.is_none_or(|asked| asked == **child)
        };
        let children: Vec<usize> = self.births.iter().filter(is_meant).copied().collect();
        let ended = children.iter().find_map(|&child| match self.processes[child].life {
            Life::Zombie(end) => Some((child, end)),
            _ => None,
        });
        match ended {
            Some((_, End::Exited(code) | End::Killed(code))) if name == "peek" => {
                self.see(process, &format!("peek={code}"));
            }
            Some((child, _)) if name == "has" => {
                self.processes[child].life = Life::Gone;
                self.see(process, "has=1");
            }
            None if name == "has" => self.see(process, if children.is_empty() { "has=1" } else { "has=0" }),
            Some((child, end)) if ["forget", "all", "sum"].contains(&name) => {
                let (End::Exited(code) | End::Killed(code)) = end;
                let code = if matches!(end, End::Killed(_)) { 10 * code } else { code };
                self.processes[child].life = Life::Gone;
                let one = &mut self.processes[process];
                if name != "forget"
                    && let Life::At(at) = one.life
                {
                    // Until there is no child.
                    one.loaded = Some(one.loaded.unwrap_or(0) + i64::from(code));
                    one.life = Life::At(at - 1);
                }
            }
            None if children.is_empty() && ["forget", "all", "sum"].contains(&name) => {
                let sum = self.processes[process].loaded.take().unwrap_or(0);
                if name == "sum" {
                    self.see(process, &format!("sum={sum}"));
                }
            }
            Some((child, end)) => {
                self.processes[child].life = Life::Gone;
                let how = match end {
                    End::Exited(code) => code.to_string(),
                    End::Killed(signal) => format!("k{signal}"),
                };
                self.see(process, &format!("{name}={}{how}", letter(child)));
            }
            None if children.is_empty() => self.see(process, &format!("{name}=nochild")),
            None if name == "look" => self.see(process, "look=0"),
            None => return false,
        }
        true
    }

    fn see(&mut self, process: usize, what: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.processes[process].seen, " {what}");
    }

    /// Prints what it has seen, and is to end then.
    fn finish(&mut self, process: usize, code: i32) {
        let seen = std::mem::take(&mut self.processes[process].seen);
        self.processes[process].life = Life::Ends(code);
        if !seen.is_empty() {
            self.text += &format!("{}:{seen}\n", letter(process));
        }
    }

    fn end(&mut self, process: usize, end: End) {
        self.processes[process].open.clear();
        self.processes[process].life = Life::Closed(end);
    }

    /// Lets a process take its next step to its grave; whether it is on its way there.
    fn goes(&mut self, process: usize) -> bool {
        let one = &mut self.processes[process];
        match (&one.life, one.struck) {
            (Life::At(_) | Life::Ends(_), Some((signal, _))) => self.end(process, End::Killed(signal)),
            (&Life::Closed(end), _) => {
                one.life = Life::Zombie(end);
                if process == 0 {
                    self.end_of_first = Some(end);
                }
                self.processes
                    .iter_mut()
                    .filter(|child| child.parent == Some(process))
                    .for_each(|child| child.parent = None);
            }
            // Who is none of these waits for it.
            (Life::Zombie(_), _) if one.parent.is_none() => one.life = Life::Gone,
            _ => return false,
        }
        true
    }
}

impl Process {
    fn is_open(&self, end: (u32, bool)) -> bool {
        self.open.contains(&end)
    }
}
