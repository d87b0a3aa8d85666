//! The model of a run that all pictures are drawn from.

use std::cmp::Reverse;

/// A run of a program: who took part, what happened in which order, and what led to what.
///
/// Made by [`Picture::of`] from an interleaving, by [`Picture::of_trace`] from any trace, or by hand. All its texts are as the
/// program wrote them: making them safe to show is each writer's part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// What the program is called.
    pub program: String,
    /// What there is to say about this run, in a sentence: why it is shown.
    pub caption: Option<String>,
    /// How it ended, in a word or two.
    pub ending: String,
    /// It was stopped, and nobody knows how it would have gone on: who waits at its end does not wait for ever.
    pub is_stopped: bool,
    /// Nobody has seen its processes end: the line of each goes no further than what it is known to have done.
    pub has_unknown_ends: bool,
    /// The schedule that leads to it.
    pub schedule: Option<String>,
    /// The command that shows it again.
    pub replay: Option<String>,
    /// The processes, in the order of their columns.
    pub lanes: Vec<Lane>,
    /// What happened, in order.
    pub moments: Vec<Moment>,
    /// What led to what in another process.
    pub arrows: Vec<Arrow>,
    /// Another run, shown beside this one.
    pub beside: Option<Box<Picture>>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// What schedules call it.
    pub name: String,
    /// What the notes call it.
    pub role: Option<String>,
}

/// Something that one process did.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Which process: an index into [`Picture::lanes`].
    pub lane: usize,
    /// What kind of thing it did.
    pub kind: Kind,
    /// What was written, for the kinds that write; for the others what it did, as words that go on after its name
    /// ("waits for the end of b").
    pub text: String,
    /// Whether this is the step that decides how the run goes on.
    pub decides: bool,
    /// When, in seconds since the run began, if the run had real time.
    pub at: Option<f64>,
}

/// What kind of thing a [`Moment`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It starts another process.
    Fork,
    /// It begins.
    Begin,
    /// Something that is not seen from outside.
    Step,
    /// It prints a line.
    Line,
    /// It writes something to standard output that is not a line of text.
    Garbled,
    /// It writes to standard error.
    Stderr,
    /// It waits, from here until its next moment; without a next one, for ever, unless the run [was stopped](Picture::is_stopped).
    Wait,
    /// It ends as it should.
    End,
    /// It ends by a signal, or with an exit code that is not 0.
    Failure,
}

impl Kind {
    /// Whether somebody who looks at the program from outside sees it.
    pub fn is_seen(self) -> bool {
        matches!(self, Kind::Line | Kind::Garbled | Kind::Failure)
    }

    /// Whether the process is gone after it.
    pub fn is_end(self) -> bool {
        matches!(self, Kind::End | Kind::Failure)
    }
}

/// That one moment led to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// How.
    pub kind: ArrowKind,
    /// From which moment: an index into [`Picture::moments`].
    pub from: usize,
    /// To which.
    pub to: usize,
    /// What stands beside it, for example which bytes were sent.
    pub label: Option<String>,
}

/// How one moment led to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArrowKind {
    /// A process started the other.
    Fork,
    /// The end of a process was waited for.
    End,
    /// Bytes were sent and read.
    Bytes,
    /// A signal was sent and came.
    Signal,
    /// A lock was given back and taken.
    Lock,
    /// It could not have happened otherwise, for some other reason.
    Causal,
}

impl Picture {
    /// A run in which nothing happens yet.
    pub fn new(program: &str) -> Picture {
        Picture { program: program.to_owned(), ..Picture::default() }
    }

    /// Adds a process, and gives its index.
    pub fn lane(&mut self, name: &str, role: Option<&str>) -> usize {
        self.lanes.push(Lane { name: name.to_owned(), role: role.map(str::to_owned) });
        self.lanes.len() - 1
    }

    /// Adds what happens next, and gives its index.
    ///
    /// # Panics
    /// If there is no such lane.
    pub fn moment(&mut self, lane: usize, kind: Kind, text: &str) -> usize {
        assert!(lane < self.lanes.len(), "lane {lane} of {}", self.lanes.len());
        self.moments.push(Moment { lane, kind, text: text.to_owned(), decides: false, at: None });
        self.moments.len() - 1
    }

    /// Says that the moment `from` led to the moment `to`.
    ///
    /// # Panics
    /// If `to` is not a moment after `from`: time goes one way.
    pub fn arrow(&mut self, kind: ArrowKind, from: usize, to: usize) -> &mut Arrow {
        assert!(from < to && to < self.moments.len(), "from {from} to {to} of {}", self.moments.len());
        let number = self.arrows.len();
        self.arrows.push(Arrow { kind, from, to, label: None });
        &mut self.arrows[number]
    }

    /// At how many moments, from the beginning, this run and the other are the same.
    pub fn parting(&self, other: &Picture) -> usize {
        let alike = |(ours, theirs): &(&Moment, &Moment)| {
            (ours.lane, ours.kind, &ours.text) == (theirs.lane, theirs.kind, &theirs.text)
        };
        self.moments.iter().zip(&other.moments).take_while(alike).count()
    }

    /// Shows `other` beside this run, and marks in each the step with which it parts from the other: the one that decides.
    pub fn set_beside(&mut self, mut other: Picture) {
        let parting = self.parting(&other);
        for picture in [&mut *self, &mut other] {
            if let Some(moment) = picture.moments.get_mut(parting) {
                moment.decides = true;
            }
        }
        other.beside = None;
        self.beside = Some(Box::new(other));
    }

    /// Of several runs the one that goes longest together with this one; of equals the shortest, and then the first.
    pub fn nearest<'a>(&self, others: impl IntoIterator<Item = &'a Picture>) -> Option<&'a Picture> {
        others.into_iter().min_by_key(|other| (Reverse(self.parting(other)), other.moments.len()))
    }

    /// The lane's next moment after the one numbered `number`.
    pub(crate) fn next_of_lane(&self, number: usize) -> Option<usize> {
        let lane = self.moments[number].lane;
        (number + 1..self.moments.len()).find(|&next| self.moments[next].lane == lane)
    }

    /// Whether the moment numbered `number` is a wait without an end.
    pub(crate) fn waits_for_ever(&self, number: usize) -> bool {
        !self.is_stopped && self.moments[number].kind == Kind::Wait && self.next_of_lane(number).is_none()
    }

    /// Arrows that lead from a moment to a later one of another lane, wherever they came from.
    pub(crate) fn drawn_arrows(&self) -> impl Iterator<Item = &Arrow> {
        self.arrows.iter().filter(|arrow| {
            arrow.from < arrow.to
                && arrow.to < self.moments.len()
                && self.moments[arrow.from].lane != self.moments[arrow.to].lane
        })
    }
}
