//! What processes were told: whose data has come to whom, which signals were taken, and what reads and writes have answered.
//!
//! In doubt somebody *was* told: that two processes use one file, say, is enough, whoever read what. Of pipes and pairs of sockets it is known
//! exactly whose bytes were read.

use std::collections::{BTreeMap, BTreeSet};

use super::object::{Access, Footprint, Object};
use crate::trace::Told;

/// Processes, by number.
type Processes = BTreeSet<usize>;

/// What was told in a run, and to whom.
#[derive(Default)]
pub struct Telling {
    /// Whose data has come to each process, directly or through others.
    heard: BTreeMap<usize, Processes>,
    /// Whose data lies in what processes share.
    lies_in: BTreeMap<Object, Processes>,
    /// The same, of what was written to a stream in this step.
    carried: BTreeMap<u32, Processes>,
    /// Who was sent which signal by whom, and has not been seen to take it.
    sent: Vec<(usize, i32, Option<usize>)>,
    /// Beside data, what each was told and by whom.
    told: BTreeMap<usize, Vec<(Told, Option<usize>)>>,
    /// How much of it was asked for.
    asked: BTreeMap<usize, (usize, Processes)>,
}

impl Telling {
    /// A child knows what its parent knew, and was told nothing by it.
    pub fn is_born(&mut self, child: usize, parent: usize) {
        let known = self.heard.get(&parent).cloned().unwrap_or_default();
        self.heard.insert(child, known);
    }

    /// A process was told something other than data.
    pub fn is_told(&mut self, process: usize, what: Told, by: Option<usize>) {
        let told = self.told.entry(process).or_default();
        if !told.contains(&(what, by)) {
            told.push((what, by));
        }
    }

    /// A process was sent a signal that it does not ignore.
    pub fn is_sent(&mut self, process: usize, signal: i32, by: Option<usize>) {
        self.sent.push((process, signal, by));
    }

    /// The signals that a process was sent, and of which it is not known that it has taken them.
    pub fn is_to_take(&self, process: usize) -> bool {
        self.sent.iter().any(|(to, ..)| *to == process)
    }

    /// It has taken all signals but those that are pending.
    pub fn takes_but(&mut self, process: usize, is_pending: impl Fn(i32) -> bool) {
        let has_taken = |(to, signal, _): &mut (usize, i32, Option<usize>)| *to == process && !is_pending(*signal);
        let taken: Vec<_> = self.sent.extract_if(.., has_taken).collect();
        taken.into_iter().for_each(|(_, signal, by)| self.is_told(process, Told::Signal(signal), by));
    }

    /// A process writes to a stream in this step.
    pub fn writes(&mut self, process: usize, stream: u64, step: Option<u32>) {
        let data = self.of(process);
        step.into_iter().for_each(|step| self.carried.entry(step).or_default().extend(&data));
        self.lies_in.entry(Object::Tail(stream)).or_default().extend(data);
    }

    /// A process reads from a stream what was written in these steps; `None` if that is not known.
    pub fn reads(&mut self, process: usize, stream: u64, writers: Option<&[Option<u32>]>) {
        let data = match writers {
            Some(writers) if !writers.is_empty() && writers.iter().all(Option::is_some) => {
                writers.iter().flatten().filter_map(|step| self.carried.get(step)).flatten().copied().collect()
            }
            _ => self.lies_in.get(&Object::Tail(stream)).cloned().unwrap_or_default(),
        };
        self.hears(process, data);
    }

    /// A process has touched this in a step, streams aside, which [`writes`](Telling::writes) and [`reads`](Telling::reads) are for.
    pub fn touches(&mut self, process: usize, footprint: &Footprint) {
        for (object, access) in footprint.iter().filter(|(object, _)| holds_data(*object)) {
            if object == Object::Anything {
                let all: Processes = self.lies_in.values().flatten().copied().collect();
                self.hears(process, all);
            }
            if access != Access::Add {
                // What nobody has written to was perhaps written before there was more than one process, which is not followed.
                let there = self.lies_in.get(&object).cloned().unwrap_or_else(|| Processes::from([0]));
                let unknown = self.lies_in.get(&Object::Anything).cloned().unwrap_or_default();
                self.hears(process, there);
                self.hears(process, unknown);
            }
            if access != Access::Read {
                let data = self.of(process);
                self.lies_in.entry(object).or_default().extend(data);
            }
        }
    }

    /// What others write to memory a process may see at any time.
    pub fn may_see_all_of(&mut self, process: usize, others: impl IntoIterator<Item = usize>) {
        let data: Processes = others.into_iter().flat_map(|other| self.of(other)).collect();
        self.hears(process, data);
    }

    /// What a process was told since this was last asked, and by whom.
    pub fn news(&mut self, process: usize) -> Vec<(Told, Option<usize>)> {
        let (asked, known) = self.asked.entry(process).or_default();
        let told = self.told.get(&process).map(|told| &told[*asked..]).unwrap_or_default();
        let heard = self.heard.get(&process).into_iter().flatten();
        let data: Vec<usize> = heard.copied().filter(|by| *by != process && known.insert(*by)).collect();
        *asked += told.len();
        told.iter().copied().chain(data.into_iter().map(|by| (Told::Data, Some(by)))).collect()
    }

    /// Its own data, and what it has heard.
    fn of(&self, process: usize) -> Processes {
        let mut data = self.heard.get(&process).cloned().unwrap_or_default();
        data.insert(process);
        data
    }

    fn hears(&mut self, process: usize, data: Processes) {
        self.heard.entry(process).or_default().extend(data);
    }
}

/// Whether one process can leave something there that another one finds. (That somebody has ended, or closed something, is no data.)
fn holds_data(object: Object) -> bool {
    match object {
        Object::Counter(_)
        | Object::Sockets
        | Object::Addresses
        | Object::Content(_)
        | Object::Offset(_)
        | Object::Name(_)
        | Object::Folders
        | Object::Folder(_)
        | Object::Locks(_)
        | Object::Ipc(_)
        | Object::Page(_)
        | Object::Memory
        | Object::Terminal(_)
        | Object::Anything => true,
        Object::Births
        | Object::Life(_)
        | Object::Signals(_)
        | Object::Parent(_)
        | Object::Tail(_)
        | Object::Head(_)
        | Object::Readers(_)
        | Object::Writers(_)
        | Object::Threads(_)
        | Object::Thread(_)
        | Object::ThreadLock(_)
        | Object::Output(_)
        | Object::Text(_)
        | Object::Ready(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(of: &[usize]) -> Vec<(Told, Option<usize>)> {
        of.iter().map(|&by| (Told::Data, Some(by))).collect()
    }

    #[test]
    fn whose_bytes_were_read_is_known_and_what_they_had_heard() {
        let mut telling = Telling::default();
        telling.writes(1, 7, Some(3));
        telling.writes(2, 7, Some(4));
        telling.reads(0, 7, Some(&[Some(4)]));
        assert_eq!(telling.news(0), data(&[2]), "not the bytes of the other one, which lie there still");
        assert_eq!(telling.news(0), [], "it is told once");
        telling.writes(0, 8, Some(5));
        telling.reads(3, 8, Some(&[Some(5)]));
        assert_eq!(telling.news(3), data(&[0, 2]));
        telling.reads(4, 7, None);
        assert_eq!(telling.news(4), data(&[1, 2]), "in doubt all who wrote");
    }

    #[test]
    fn what_a_child_was_born_with_it_was_not_told_by_its_parent() {
        let mut telling = Telling::default();
        telling.writes(1, 7, Some(3));
        telling.reads(0, 7, Some(&[Some(3)]));
        telling.is_born(2, 0);
        assert_eq!(telling.news(2), data(&[1]));
    }

    #[test]
    fn files_and_memory_tell_of_whoever_wrote_to_them() {
        let mut telling = Telling::default();
        let touch = |telling: &mut Telling, process, object, access| {
            let mut footprint = Footprint::default();
            footprint.add(object, access);
            telling.touches(process, &footprint);
        };
        touch(&mut telling, 1, Object::Content(5), Access::Write);
        touch(&mut telling, 2, Object::Content(5), Access::Read);
        assert_eq!(telling.news(2), data(&[0, 1]), "the first may have written there before it was followed");
        touch(&mut telling, 1, Object::Life(3), Access::Write);
        touch(&mut telling, 3, Object::Life(3), Access::Read);
        assert_eq!(telling.news(3), [], "that somebody has ended is no data");
        touch(&mut telling, 4, Object::Anything, Access::Write);
        assert_eq!(telling.news(4), data(&[0, 1]), "what is not watched may have told it anything");
        touch(&mut telling, 3, Object::Page(9), Access::Read);
        assert_eq!(telling.news(3), data(&[0, 1, 4]), "and may have written anywhere");
    }

    #[test]
    fn a_signal_that_is_pending_was_not_taken() {
        let mut telling = Telling::default();
        telling.is_sent(1, 10, Some(0));
        telling.takes_but(1, |signal| signal == 10);
        assert_eq!(telling.news(1), []);
        assert!(telling.is_to_take(1));
        telling.takes_but(1, |_| false);
        assert_eq!(telling.news(1), [(Told::Signal(10), Some(0))]);
        assert!(!telling.is_to_take(1));
    }
}
