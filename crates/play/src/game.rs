//! The game: where the player is, what each key does, and which quests are solved. It knows no terminal, and starts no process:
//! what it wants to have run it asks for, and is told what came of it.

use interleave_claims::{many, say, words};
use std::collections::BTreeMap;

use interleave::explore::{Form, Prepared, Signals, Stand, TaskId, is_thread, struck, task_name};

use crate::atlas::{Atlas, Line, Order, Possible};
use crate::scene::{Actor, Row, Scene};
use interleave_claims::quests::Quest;

/// A key that the player pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow to the left.
    Left,
    /// Arrow to the right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
}

/// What the game wants to have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To take these steps, from the beginning of a run on.
    Run {
        /// The steps.
        steps: Vec<TaskId>,
        /// How to go on behind them.
        onward: Onward,
        /// What the run is prepared for: with signals, to begin to wait may be a step of its own; and so may each load and store of
        /// shared memory be.
        prepared: Prepared,
    },
    /// To leave.
    Quit,
}

/// How to go on behind the steps that were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// Not at all.
    Stop,
    /// Whoever took the last step goes on until something of it is seen, or it has to wait.
    UntilSeen,
    /// To the end, as it goes by itself.
    ToTheEnd,
}

/// What came of a [`Wish::Run`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    /// All steps that were taken.
    pub steps: Vec<TaskId>,
    /// What there is to see behind them.
    pub scene: Scene,
    /// Which quests are solved by it.
    pub solves: Vec<usize>,
    /// The signals that came.
    pub has_signals: Signals,
    /// What the notes call processes that were recognised by what they printed, by number.
    pub roles: BTreeMap<usize, String>,
}

/// How far the player is with a quest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Neither solved nor proved impossible.
    Open,
    /// Solved.
    Solved,
    /// Said to be impossible, and proved so.
    Impossible,
}

/// What lies over the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// What each key does.
    Help,
    /// The quests; this one is pointed at.
    Quests(usize),
    /// "Show me an order in which …": the lines, which of them is pointed at, and which is to come first, once that is said.
    Ask {
        /// The lines to choose from.
        lines: Vec<Line>,
        /// The one that is pointed at.
        at: usize,
        /// The one that is to come first.
        first: Option<usize>,
    },
}

/// The game.
pub struct Game {
    /// What the program is called.
    pub program: String,
    /// What there is to see.
    pub scene: Scene,
    /// What was done in all steps that are known, those that were undone included.
    pub rows: Vec<Row>,
    /// All steps that are known.
    path: Vec<TaskId>,
    /// How many of them are taken.
    at: usize,
    /// Everybody who has a column: those who take part in a known step, whether they are there yet or not, and their processes.
    pub cast: BTreeMap<TaskId, usize>,
    /// The column that is pointed at.
    pub selected: usize,
    /// What the notes call processes, by number.
    pub roles: BTreeMap<usize, String>,
    quests: Vec<Quest>,
    progress: Vec<Progress>,
    /// The quest at hand.
    pub quest: Option<usize>,
    /// All orders that were found.
    pub atlas: Atlas,
    /// What lies over the board.
    pub overlay: Option<Overlay>,
    /// What there is to say.
    pub message: String,
    /// What replays a schedule: before it, and behind.
    replay: (String, String),
    /// The commands that were asked for.
    pub saved: Vec<String>,
    /// What the run so far is prepared for.
    prepared: Prepared,
    /// What was asked for last.
    asked: Option<Wish>,
    /// The player has chosen what was asked for, so it counts as a solution.
    is_own_choice: bool,
    /// It was asked for once more, since the program was seen to send signals.
    is_second_try: bool,
    is_busy: bool,
}

/// Whether what is a step in the one is one in the other.
fn has_such_steps(one: Prepared, other: Prepared) -> bool {
    (one.signals, one.loads, one.within, one.ends) == (other.signals, other.loads, other.within, other.ends)
}

impl Game {
    /// A game that has not begun; `replay` is what stands before and behind a schedule in the command that shows it.
    pub fn new(program: &str, replay: (String, String)) -> Game {
        Game {
            program: program.to_owned(),
            scene: Scene::default(),
            rows: Vec::new(),
            path: Vec::new(),
            at: 0,
            cast: BTreeMap::new(),
            selected: 0,
            roles: BTreeMap::new(),
            quests: Vec::new(),
            progress: Vec::new(),
            quest: None,
            atlas: Atlas::default(),
            overlay: None,
            message: say!("You are the scheduler. ? tells the keys.").told(),
            replay,
            saved: Vec::new(),
            prepared: Prepared::default(),
            asked: None,
            is_own_choice: false,
            is_second_try: false,
            is_busy: false,
        }
    }

    /// The first thing to do, prepared for what the program is known to do.
    pub fn begin(&mut self, prepared: Prepared) -> Wish {
        self.run_with(Vec::new(), Onward::Stop, prepared)
    }

    /// Says what there is to do.
    pub fn set_quests(&mut self, quests: Vec<Quest>) {
        self.progress = vec![Progress::Open; quests.len()];
        self.quest = quests.iter().position(|quest| quest.is_open);
        self.quests = quests;
    }

    /// Whether it waits for an [`Arrival`].
    pub fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// How many steps are taken, and how many are known.
    pub fn place(&self) -> (usize, usize) {
        (self.at, self.path.len())
    }

    /// The quests that are told, with their numbers.
    pub fn quests(&self) -> impl Iterator<Item = (usize, &Quest, Progress)> {
        let all = self.quests.iter().zip(&self.progress).enumerate();
        all.filter(|(_, (quest, _))| quest.is_open).map(|(number, (quest, progress))| (number, quest, *progress))
    }

    /// How the player is with a quest.
    pub fn progress(&self, quest: usize) -> Progress {
        self.progress.get(quest).copied().unwrap_or(Progress::Open)
    }

    /// An order was found. A quest that it solves is told from now on.
    pub fn found(&mut self, order: Order) {
        for &quest in &order.solves {
            self.tell(quest);
        }
        self.atlas.add(order);
    }

    /// A quest is told from now on: a neighbour of the program is known to solve it.
    pub fn tell(&mut self, quest: usize) {
        if let Some(quest) = self.quests.get_mut(quest) {
            quest.is_open = true;
        }
        self.quest = self.quest.or(Some(quest));
    }

    /// What was asked for has come about, or could not.
    pub fn arrive(&mut self, arrival: Result<Arrival, String>) -> Option<Wish> {
        self.is_busy = false;
        let asked = self.asked.take();
        let prepared = match asked {
            Some(Wish::Run { prepared, .. }) => prepared,
            _ => Prepared::default(),
        };
        let arrival = match arrival {
            Ok(arrival) => arrival,
            Err(_) if prepared.signals != Signals::None && std::mem::take(&mut self.is_second_try) => {
                self.message =
                    say!("It sends signals: to begin to wait is a step of its own, so the run begins anew.").told();
                return Some(self.run_with(Vec::new(), Onward::Stop, prepared));
            }
            Err(why) => {
                self.is_own_choice = false;
                self.message = why;
                return None;
            }
        };
        self.is_second_try = false;
        self.roles.extend(arrival.roles);
        if let Some(Wish::Run { steps, onward, .. }) = asked
            && arrival.has_signals > prepared.signals
        {
            // The same once more, if there is no new step among those taken so far.
            self.is_second_try = true;
            let prepared = Prepared { signals: arrival.has_signals, ..prepared };
            return Some(self.run_with(steps, onward, prepared));
        }
        if !has_such_steps(prepared, self.prepared) {
            // Its steps are others than those taken so far.
            self.prepared = prepared;
            self.path.clear();
            self.rows.clear();
        }
        self.at = arrival.steps.len();
        if self.path.starts_with(&arrival.steps) {
            self.rows.splice(..self.at.min(self.rows.len()), arrival.scene.rows.iter().cloned());
        } else {
            self.path = arrival.steps;
            self.rows.clone_from(&arrival.scene.rows);
            self.cast.clear();
        }
        self.scene = arrival.scene;
        self.cast.extend(self.scene.actors.iter().map(|actor| (actor.task, actor.process)));
        self.selected = self.selected.min(self.cast.len().saturating_sub(1));
        // Whoever went on goes on, as long as it can.
        if let Some(next) = self.scene.next_by_itself()
            && let Some(column) = self.cast.keys().position(|&task| task == next)
            && self.in_column(self.selected).is_none_or(|actor| actor.stand != Stand::Ready)
        {
            self.selected = column;
        }
        if std::mem::take(&mut self.is_own_choice) {
            self.solve(&arrival.solves);
        }
        None
    }

    fn solve(&mut self, solved: &[usize]) {
        for &number in solved {
            if self.progress(number) == Progress::Solved || number >= self.quests.len() {
                continue;
            }
            self.progress[number] = Progress::Solved;
            self.quests[number].is_open = true;
            self.message = say!("✓ Solved: {}.", &self.quests[number].task).told();
        }
        let is_done = self.quest.is_some_and(|quest| self.progress(quest) != Progress::Open);
        if is_done && !solved.is_empty() {
            let next = self.quests().find(|(_, _, progress)| *progress == Progress::Open).map(|(number, ..)| number);
            self.quest = next.or(self.quest);
        }
    }

    /// Does what a key says.
    pub fn key(&mut self, key: Key) -> Option<Wish> {
        match self.overlay.take() {
            Some(Overlay::Help) => None,
            Some(Overlay::Quests(at)) => self.quests_key(key, at),
            Some(Overlay::Ask { lines, at, first }) => self.ask_key(key, lines, at, first),
            None => self.board_key(key),
        }
    }

    fn board_key(&mut self, key: Key) -> Option<Wish> {
        self.message.clear();
        match key {
            Key::Char('q') => return Some(Wish::Quit),
            Key::Char('?') => self.overlay = Some(Overlay::Help),
            Key::Char(digit @ '0'..='9') => {
                let column = if digit == '0' { 9 } else { usize::from(digit as u8 - b'1') };
                return self.go(column, Onward::Stop);
            }
            Key::Left => self.selected = self.selected.saturating_sub(1),
            Key::Right => self.selected = (self.selected + 1).min(self.cast.len().saturating_sub(1)),
            Key::Enter => return self.go(self.selected, Onward::Stop),
            Key::Char(' ') => return self.go(self.selected, Onward::UntilSeen),
            Key::Char('e') => return self.finish(),
            Key::Up | Key::Backspace | Key::Char('u') => return self.back_to(self.at.checked_sub(1)),
            Key::Down | Key::Char('r') => return self.back_to(Some(self.at + 1)),
            Key::Home | Key::Char('g') => return self.back_to(Some(0)),
            Key::End | Key::Char('G') => return self.back_to(Some(self.path.len())),
            Key::Tab => self.overlay = self.quests_overlay(),
            Key::Char('/') => self.ask(),
            Key::Char('h') => self.hint(),
            Key::Char('i') => self.is_impossible(),
            Key::Char('w') => return self.show_solution(),
            Key::Char('s') => self.save(),
            _ => {}
        }
        None
    }

    fn run(&mut self, steps: Vec<TaskId>, onward: Onward) -> Wish {
        self.run_with(steps, onward, self.prepared)
    }

    fn run_with(&mut self, steps: Vec<TaskId>, onward: Onward, prepared: Prepared) -> Wish {
        self.is_busy = true;
        let wish = Wish::Run { steps, onward, prepared };
        self.asked = Some(wish.clone());
        wish
    }

    /// Lets the task in this column go on.
    fn go(&mut self, column: usize, onward: Onward) -> Option<Wish> {
        let Some(&task) = self.cast.keys().nth(column) else {
            self.message = say!("There is no column {}.", column + 1).told();
            return None;
        };
        let Some(actor) = self.scene.actor(task) else {
            self.message = say!("{} is not there yet.", task_name(task)).told();
            return None;
        };
        if actor.stand != Stand::Ready {
            self.message = cannot_go(actor, &self.scene);
            return None;
        }
        self.selected = column;
        let steps: Vec<TaskId> = self.path[..self.at].iter().copied().chain([task]).collect();
        self.is_own_choice = true;
        Some(self.run(steps, onward))
    }

    fn finish(&mut self) -> Option<Wish> {
        if self.scene.ending.is_some() {
            self.message = say!("It has come to its end. u goes back a step.").told();
            return None;
        }
        let steps = self.path[..self.at].to_vec();
        self.is_own_choice = true;
        Some(self.run(steps, Onward::ToTheEnd))
    }

    /// Goes to behind so many of the known steps.
    fn back_to(&mut self, step: Option<usize>) -> Option<Wish> {
        match step {
            None => self.message = say!("This is the beginning.").told(),
            Some(step) if step > self.path.len() => {
                self.message = say!("No step is known beyond this one. Let somebody go on.").told();
            }
            Some(step) if step == self.at => {}
            Some(step) => {
                let steps = self.path[..step].to_vec();
                return Some(self.run(steps, Onward::Stop));
            }
        }
        None
    }

    fn save(&mut self) {
        let command = format!("{} {}{}", self.replay.0, self.scene.schedule, self.replay.1);
        self.message = say!("Kept, and told again when you leave: {}", &command).told();
        if !self.saved.contains(&command) {
            self.saved.push(command);
        }
    }

    fn quests_overlay(&mut self) -> Option<Overlay> {
        if self.quests().next().is_none() {
            self.message = say!("The notes give nothing to do here.").told();
            return None;
        }
        Some(Overlay::Quests(self.quests().position(|(number, ..)| Some(number) == self.quest).unwrap_or(0)))
    }

    fn quests_key(&mut self, key: Key, at: usize) -> Option<Wish> {
        let told: Vec<usize> = self.quests().map(|(number, ..)| number).collect();
        let pointed = told.get(at).copied();
        match key {
            Key::Up => self.overlay = Some(Overlay::Quests(at.saturating_sub(1))),
            Key::Down => self.overlay = Some(Overlay::Quests((at + 1).min(told.len().saturating_sub(1)))),
            Key::Enter => self.quest = pointed.or(self.quest),
            Key::Char('h' | 'i' | 'w') => {
                self.quest = pointed.or(self.quest);
                return self.board_key(key);
            }
            _ => {}
        }
        None
    }

    /// How it stands with a quest, as far as the orders found so far tell.
    fn verdict(&self, quest: usize) -> Possible<&Order> {
        self.atlas.find(|order| order.solves.contains(&quest))
    }

    /// The player says that the quest at hand cannot be solved.
    fn is_impossible(&mut self) {
        let Some(quest) = self.quest else { return };
        self.message = match self.verdict(quest) {
            _ if self.progress(quest) == Progress::Solved => say!("You have solved it yourself.").told(),
            Possible::Yes(_) => say!("No: there is an order that does it. h gives a hint, w shows it.").told(),
            Possible::Unknown(why) => say!("Not known: none of {} does it, but {}.", self.orders(), why).told(),
            Possible::No(but) if but.is_empty() => {
                self.progress[quest] = Progress::Impossible;
                say!("✓ Proved: impossible. None of all {} does it.", self.orders()).told()
            }
            Possible::No(but) => {
                say!("None of all {} does it; but {}.", self.orders(), but.join(&say!("; but ").told())).told()
            }
        };
    }

    fn orders(&self) -> String {
        many!(self.atlas.len(), "1 order", "{} orders").told()
    }

    fn hint(&mut self) {
        let Some(quest) = self.quest else {
            self.message = say!("There is no quest at hand; Tab shows them all.").told();
            return;
        };
        let steps = &self.path[..self.at];
        let prepared = self.prepared;
        let solves = |order: &Order| has_such_steps(order.prepared, prepared) && order.solves.contains(&quest);
        let Some(order) = self.atlas.nearest(steps, solves) else {
            self.message = match self.verdict(quest) {
                Possible::No(_) => say!("Look again at what makes each of them wait. If it cannot be, press i.").told(),
                _ => say!("Nothing is known yet: the orders are still being explored.").told(),
            };
            return;
        };
        let alike = order.steps.iter().zip(steps).take_while(|(one, other)| one == other).count();
        let goes = order.steps.get(alike).map(|&task| self.name(task));
        self.message = match (steps.len() - alike, goes) {
            (0, Some(goes)) => say!("Hint: now let {} go on.", goes).told(),
            (0, None) => say!("Hint: you are there.").told(),
            (1, Some(goes)) => say!("Hint: go back one step (u), and let {} go on.", goes).told(),
            (back, Some(goes)) => say!("Hint: go back {} steps (u), and let {} go on.", back, goes).told(),
            (back, None) => say!("Hint: go back {} steps (u).", back).told(),
        };
    }

    /// Shows an order that solves the quest at hand.
    fn show_solution(&mut self) -> Option<Wish> {
        let quest = self.quest?;
        match self.verdict(quest) {
            Possible::Yes(order) => {
                let order = order.clone();
                self.message = say!("So it goes. ↑ and ↓ go through it step by step.").told();
                Some(self.run_with(order.steps, Onward::Stop, order.prepared))
            }
            Possible::No(_) => {
                self.is_impossible();
                None
            }
            Possible::Unknown(why) => {
                self.message = say!("None was found so far: {}.", why).told();
                None
            }
        }
    }

    fn ask(&mut self) {
        let lines = self.atlas.lines();
        if lines.len() < 2 {
            self.message = say!("There are not two lines yet whose order could be asked for.").told();
            return;
        }
        self.overlay = Some(Overlay::Ask { lines, at: 0, first: None });
    }

    fn ask_key(&mut self, key: Key, lines: Vec<Line>, at: usize, first: Option<usize>) -> Option<Wish> {
        let last = lines.len().saturating_sub(1);
        match (key, first) {
            (Key::Up, _) => self.overlay = Some(Overlay::Ask { lines, at: at.saturating_sub(1), first }),
            (Key::Down, _) => self.overlay = Some(Overlay::Ask { lines, at: (at + 1).min(last), first }),
            (Key::Backspace, Some(_)) => self.overlay = Some(Overlay::Ask { lines, at, first: None }),
            (Key::Enter, None) => self.overlay = Some(Overlay::Ask { lines, at, first: Some(at) }),
            (Key::Enter, Some(first)) if first == at => {
                self.message = say!("A line cannot come before itself.").told();
            }
            (Key::Enter, Some(first)) => return self.show_before(&lines[first], &lines[at]),
            (Key::Escape | Key::Char('q'), _) => {}
            (_, first) => self.overlay = Some(Overlay::Ask { lines, at, first }),
        }
        None
    }

    fn show_before(&mut self, one: &Line, other: &Line) -> Option<Wish> {
        let words = say!("“{}” before “{}”", &one.1, &other.1).told();
        match self.atlas.find(|order| order.has_before(one, other)) {
            Possible::Yes(order) => {
                let order = order.clone();
                self.message = say!("{}: so it goes. ↑ and ↓ go through it step by step.", words).told();
                return Some(self.run_with(order.steps, Onward::Stop, order.prepared));
            }
            Possible::No(but) => {
                let but: String = but.iter().map(|but| say!("; but {}", but).told()).collect();
                self.message = say!("{}: impossible. It comes in none of all {}{}.", words, self.orders(), but).told();
            }
            Possible::Unknown(why) => {
                self.message = say!("{}: not found so far among {}; {}.", words, self.orders(), why).told();
            }
        }
        None
    }

    /// Who is in this column, if they are there yet.
    pub fn in_column(&self, column: usize) -> Option<&Actor> {
        self.cast.keys().nth(column).and_then(|&task| self.scene.actor(task))
    }

    /// What a task is called: what the notes call its process, and its name in schedules.
    pub fn name(&self, task: TaskId) -> String {
        let role = self.cast.get(&task).and_then(|process| self.roles.get(process));
        let role = role.map(|role| format!("{role} ")).unwrap_or_default();
        let kind = match task {
            task if is_thread(task) => String::new(),
            task if struck(task).is_some() => say!("signal at ").told(),
            _ => say!("timer ").told(),
        };
        format!("{role}{kind}{}", task_name(task))
    }
}

fn cannot_go(actor: &Actor, scene: &Scene) -> String {
    let name = task_name(actor.task);
    match (actor.stand, &actor.next) {
        (Stand::Ended, _) => say!("{} has ended.", name).told(),
        (Stand::Parked, _) => {
            say!("{} has printed as many lines as are looked at, and is followed no further.", name).told()
        }
        (_, Some(next)) if scene.ending.is_some() => {
            say!("{} {} for ever.", name, words::deed(next, Form::Waiting)).told()
        }
        (_, Some(next)) => say!("{} cannot go on: it {}.", name, words::deed(next, Form::Waiting)).told(),
        (_, None) => say!("{} cannot go on: it waits in the kernel.", name).told(),
    }
}

#[cfg(test)]
#[path = "game_tests.rs"]
pub(crate) mod tests;
