//! The picture of a run whose steps are told: with what is not seen from outside, who waits for what and since when, and what
//! led to what.

use std::collections::{BTreeMap, HashMap};

use interleave::explore::{Deed, Form, Position, Schedule, Stand, Taken, TaskId, normalise};
use interleave::trace::{Event, Pid, What};

use crate::picture::{ArrowKind, Kind, Picture};
use crate::run::said;
use crate::speech::speech;
use crate::words;

impl Picture {
    /// The picture of a run whose steps are told ([`Runner::position`](interleave::explore::Runner::position)), as
    /// [`Picture::of`] draws it, and with what is not seen from outside: who waits for what and since when, bytes, signals and
    /// locks, and what led to what.
    pub fn of_steps(position: &Position, roles: &HashMap<Pid, String>) -> Picture {
        let run = &position.interleaving;
        let mut picture = Picture::new(&run.trace.header.program);
        picture.schedule = run.schedule.as_ref().map(Schedule::to_string);
        picture.ends_as(&run.trace);
        for &pid in &run.processes {
            picture.lane(&run.name(pid), roles.get(&pid).map(String::as_str));
        }
        let waits = waits(position);
        let first = position.steps.first().map_or(run.trace.events.len(), |step| step.events.start);
        let behind = position.steps.last().map_or(first, |step| step.events.end);
        let mut drawing = Drawing { position, picture, of_step: HashMap::new(), ends: HashMap::new() };
        run.trace.events[..first].iter().for_each(|event| drawing.event(event));
        for number in 0..=position.steps.len() {
            for (task, deed) in waits.get(&number).into_iter().flatten() {
                let lane = drawing.lane(*task);
                drawing.picture.moment(lane, Kind::Wait, &(speech().deed)(deed, Form::Waiting));
            }
            if number < position.steps.len() {
                drawing.step(number);
            }
        }
        run.trace.events[behind..].iter().for_each(|event| drawing.event(event));
        drawing.picture
    }
}

/// Who begins to wait right before which step, and what it does once it can. Whoever waits at the end waits before the step
/// in which it first could not go on.
fn waits(position: &Position) -> BTreeMap<usize, Vec<(TaskId, Deed)>> {
    let steps = &position.steps;
    let mut waits: BTreeMap<usize, Vec<(TaskId, Deed)>> = BTreeMap::new();
    let mut wait = |task: TaskId, from: usize, to: usize, deed: &Deed| {
        let began = (from..to).find(|&step| steps.get(step).is_none_or(|step| !step.could.contains(&task)));
        if let Some(began) = began {
            waits.entry(began).or_default().push((task, deed.clone()));
        }
    };
    // From when on each task could have gone on: from behind its last step, or the one in which it was started.
    let mut since: HashMap<TaskId, usize> = HashMap::new();
    // What each task has begun to wait for.
    let mut entered: HashMap<TaskId, &Deed> = HashMap::new();
    let processes = &position.interleaving.processes;
    for (number, step) in steps.iter().enumerate() {
        // Who waits for any child does not know yet whose end it will be.
        let waited_for = entered.remove(&step.task).or(step.intent.as_ref());
        if let Some(deed) = waited_for.filter(|deed| is_wait(deed)) {
            wait(step.task, since.get(&step.task).copied().unwrap_or(number), number, deed);
        }
        since.insert(step.task, number + 1);
        if let Some(Deed::Enter(deed)) = &step.deed {
            entered.insert(step.task, deed);
        }
        for event in &position.interleaving.trace.events[step.events.clone()] {
            let process = processes.iter().rposition(|&pid| pid == event.pid);
            if let (What::Seen { .. }, Some(process)) = (&event.what, process) {
                let first = position.standing.iter().find(|standing| standing.process == process);
                since.extend(first.map(|first| (first.task, number + 1)));
            }
        }
        for &task in &step.could {
            since.entry(task).or_insert(number);
        }
    }
    for standing in position.standing.iter().filter(|standing| standing.stand == Stand::Waits) {
        if let Some(deed) = &standing.next {
            let since = since.get(&standing.task).copied().unwrap_or(steps.len());
            // At the end it still waits, so if it ever could go on, it was not let; that is no wait.
            let last = steps.iter().rposition(|step| step.could.contains(&standing.task)).map_or(0, |step| step + 1);
            wait(standing.task, since.max(last), steps.len() + 1, deed);
        }
    }
    waits
}

/// Whether who cannot do it yet waits for others.
fn is_wait(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Read(_)
            | Deed::Write(_)
            | Deed::Poll(_)
            | Deed::AwaitMemory(_)
            | Deed::Wait(_)
            | Deed::AwaitSignal
            | Deed::Lock
            | Deed::Call(_)
    )
}

struct Drawing<'a> {
    position: &'a Position,
    picture: Picture,
    /// The moment that stands for each step, if one does.
    of_step: HashMap<usize, usize>,
    /// The moment in which each process ended, by lane.
    ends: HashMap<usize, usize>,
}

impl Drawing<'_> {
    fn lane(&self, task: TaskId) -> usize {
        self.position.standing.iter().find(|standing| standing.task == task).map_or(0, |standing| standing.process)
    }

    /// Draws what happens in a step, and what led to it.
    fn step(&mut self, number: usize) {
        let step = &self.position.steps[number];
        let lane = self.lane(step.task);
        let before = self.picture.moments.len();
        let events = &self.position.interleaving.trace.events[step.events.clone()];
        if let Some(deed) = &step.deed
            && (is_told(deed) || events.is_empty() && (self.leads_to_another(number) || self.is_led_to(number)))
        {
            self.picture.moment(lane, Kind::Step, &words::deed(deed));
        }
        events.iter().for_each(|event| self.event(event));
        let own = (before..self.picture.moments.len()).find(|&moment| self.picture.moments[moment].lane == lane);
        let Some(own) = own else { return };
        self.of_step.insert(number, own);
        self.arrows(step, own);
    }

    fn arrows(&mut self, step: &Taken, to: usize) {
        if let Some(Deed::Wait(Some(child)) | Deed::LookForEnd(Some(child))) = step.deed {
            if let Some(&from) = self.ends.get(&self.lane(child)) {
                self.picture.arrow(ArrowKind::End, from, to);
            }
            return;
        }
        for &cause in &step.because {
            let Some(&from) = self.of_step.get(&cause) else { continue };
            let is_other = self.picture.moments[from].lane != self.picture.moments[to].lane;
            if let Some(kind) = self.link(&self.position.steps[cause], step).filter(|_| is_other) {
                self.picture.arrow(kind, from, to);
            }
        }
    }

    /// How one step led to another.
    fn link(&self, from: &Taken, to: &Taken) -> Option<ArrowKind> {
        Some(match (from.deed.as_ref()?, to.deed.as_ref()?) {
            // That has an arrow already.
            (Deed::Fork | Deed::StartThread, _) => return None,
            (Deed::Write(_), Deed::Read(_) | Deed::Poll(_)) => ArrowKind::Bytes,
            (Deed::Signal { .. }, _) => ArrowKind::Signal,
            (Deed::Unlock, Deed::Lock) | (_, Deed::AwaitMemory(_)) => ArrowKind::Lock,
            _ => ArrowKind::Causal,
        })
    }

    /// Whether a step makes one of another process possible.
    fn leads_to_another(&self, number: usize) -> bool {
        let steps = &self.position.steps;
        let lane = self.lane(steps[number].task);
        steps[number..].iter().any(|later| {
            later.because.contains(&number)
                && self.lane(later.task) != lane
                && later.deed.as_ref().is_some_and(is_told)
                && self.link(&steps[number], later).is_some()
        })
    }

    /// Whether a step was made possible by one of another process.
    fn is_led_to(&self, number: usize) -> bool {
        let steps = &self.position.steps;
        let step = &steps[number];
        let led = |&cause: &usize| {
            self.lane(steps[cause].task) != self.lane(step.task) && self.link(&steps[cause], step).is_some()
        };
        step.deed.as_ref().is_some_and(is_wait) && step.because.iter().any(led)
    }

    fn event(&mut self, event: &Event) {
        let run = &self.position.interleaving;
        let lane_of = |pid: Pid| run.processes.iter().rposition(|&known| known == pid);
        let Some(lane) = lane_of(event.pid) else { return };
        if let What::Seen { parent } = event.what {
            self.picture.begin(lane, parent.and_then(lane_of));
            return;
        }
        let Some((kind, text)) = said(event) else { return };
        let moment = self.picture.moment(lane, kind, &normalise(&text, &run.tasks));
        if kind.is_end() {
            self.ends.insert(lane, moment);
        }
    }
}

/// Whether a deed is worth a moment of its own, whatever comes of it. What prints, begins and ends is told by its events.
fn is_told(deed: &Deed) -> bool {
    match deed {
        Deed::Write(_)
        | Deed::Read(_)
        | Deed::Wait(_)
        | Deed::Signal { .. }
        | Deed::TakeSignal
        | Deed::AwaitSignal
        | Deed::Exec
        | Deed::Lock
        | Deed::Unlock
        | Deed::Load
        | Deed::Store
        | Deed::Sleep(_)
        | Deed::GoOff
        | Deed::Stop(_)
        | Deed::Continue => true,
        Deed::Print(_)
        | Deed::GoOn
        | Deed::Begin
        | Deed::Poll(_)
        | Deed::AwaitMemory(_)
        | Deed::Wake
        | Deed::LookForEnd(_)
        | Deed::Enter(_)
        | Deed::SetTimer
        | Deed::Fork
        | Deed::StartThread
        | Deed::Close
        | Deed::Call(_)
        | Deed::Exit(_)
        | Deed::Die(_)
        | Deed::Leave => false,
    }
}
