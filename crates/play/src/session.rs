//! A sitting at the terminal: keys, what came of steps, and orders that were found come in, one at a time; the screen is drawn
//! anew after each.

use interleave_claims::{say, words};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use interleave::explore::{Interleaving, Job, Position, Prepared, Runner, Taken, TaskId, explore};
use interleave::trace::What;
use interleave_claims::notes::claims::Claims;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::atlas::{End, Order};
use crate::game::{Arrival, Game, Key, Onward, Wish};
use crate::scene::Scene;
use crate::source::Sources;
use crate::view;
use interleave_claims::quests::Quests;

/// How many orders are looked for, and for how long, while somebody plays.
const MOST: u64 = 20_000;
const TIME: Duration = Duration::from_secs(60);

/// The same in each neighbour.
const MOST_OF_NEIGHBOUR: u64 = 2_000;
const TIME_OF_NEIGHBOUR: Duration = Duration::from_secs(10);

/// What is to be played.
pub struct Setup {
    /// The program.
    pub job: Job,
    /// What the notes claim of it.
    pub claims: Option<Claims>,
    /// The other programs of its lesson.
    pub neighbours: Vec<Neighbour>,
    /// What stands before and behind a schedule in the command that replays it.
    pub replay: (String, String),
}

/// Another program of the same lesson.
pub struct Neighbour {
    /// The program.
    pub job: Job,
    /// What the notes claim of it.
    pub claims: Claims,
}

/// What can happen.
enum Happening {
    Key(KeyEvent),
    /// The window has another size.
    Resized,
    Arrived(Result<Arrival, String>),
    Found(Order),
    Explored(End),
    /// A neighbour solves this quest.
    Told(usize),
    /// We are asked to end, by this signal.
    Signalled(i32),
    /// The keyboard cannot be listened to any more.
    Lost(io::Error),
}

/// Refuses to play where nobody could.
///
/// # Errors
/// If standard input or output is no terminal.
pub fn needs_terminal() -> io::Result<()> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    let why = say!(
        "play needs a terminal for its keys and its screen, and standard input or output is none here; `outputs`, `explore` \
         and `replay` show runs without one"
    );
    Err(io::Error::other(why.told()))
}

/// Plays until the player leaves; the commands that replay the schedules that were kept.
///
/// Who is ended by SIGTERM or SIGHUP gives the terminal back first, and does not return.
///
/// # Errors
/// If there is no terminal, or the program cannot be run.
pub fn run(setup: Setup) -> io::Result<Vec<String>> {
    needs_terminal()?;
    let setup = Arc::new(setup);
    // Before the terminal is taken, so that what is wrong is told plainly.
    let with_loads = Prepared { loads: true, thread_locks: true, ..Prepared::default() };
    let sample = Runner::new(&setup.job).position(&[], with_loads, true).map_err(io::Error::other)?;
    let run = &sample.interleaving;
    let (signals, loads) = (run.has_signals(), run.holds_loads());
    let prepared = Prepared { signals, loads, thread_locks: true, ..Prepared::default() };
    let claims: Vec<&Claims> = setup.neighbours.iter().map(|neighbour| &neighbour.claims).collect();
    let quests = Arc::new(Quests::of(setup.claims.as_ref(), &claims, &sample.interleaving.trace));
    let mut game = Game::new(&setup.job.name, setup.replay.clone());
    game.set_quests(quests.all().to_vec());
    game.roles = roles(setup.claims.as_ref(), &sample.interleaving);

    let (send, happenings) = mpsc::channel();
    let (wishes, wanted) = mpsc::channel();
    let sends = send.clone();
    let (of_setup, of_quests) = (Arc::clone(&setup), Arc::clone(&quests));
    thread::spawn(move || serve(&of_setup, &of_quests, &wanted, &sends));
    let sends = send.clone();
    thread::spawn(move || search(&setup, &quests, prepared.loads, &sends));

    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT])?;
    let mut terminal = ratatui::try_init()?;
    let sends = send.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            // Nobody listens any more once the player has left.
            let _ = sends.send(Happening::Signalled(signal));
        }
    });
    thread::spawn(move || listen(&send));
    let begin = game.begin(prepared);
    let mut session = Session { game, wishes, keys: VecDeque::new(), ended_by: None };
    session.wish(begin);
    let done = session.go_on(&happenings, &mut terminal);
    ratatui::restore();
    if let Some(signal) = session.ended_by {
        signal_hook::low_level::emulate_default_handler(signal)?;
    }
    done.map(|()| session.game.saved)
}

struct Session {
    game: Game,
    wishes: Sender<Wish>,
    /// Keys that came while a run was waited for.
    keys: VecDeque<Key>,
    /// The signal that has asked us to end.
    ended_by: Option<i32>,
}

impl Session {
    fn go_on(&mut self, happenings: &Receiver<Happening>, terminal: &mut ratatui::DefaultTerminal) -> io::Result<()> {
        loop {
            terminal.draw(|frame| view::draw(frame, &self.game))?;
            let Ok(first) = happenings.recv() else { return Ok(()) };
            // Orders are found by the hundred; the screen need not be drawn for each.
            for happening in [first].into_iter().chain(happenings.try_iter()) {
                if let Happening::Key(key) = &happening
                    && key.code == KeyCode::Char('c')
                    && key.modifiers.contains(KeyModifiers::CONTROL)
                {
                    return Ok(());
                }
                self.take(happening)?;
                if self.ended_by.is_some() {
                    return Ok(());
                }
            }
            while !self.game.is_busy()
                && let Some(key) = self.keys.pop_front()
            {
                match self.game.key(key) {
                    Some(Wish::Quit) => return Ok(()),
                    Some(wish) => self.wish(wish),
                    None => {}
                }
            }
        }
    }

    fn take(&mut self, happening: Happening) -> io::Result<()> {
        match happening {
            Happening::Key(key) => self.keys.extend(key_of(key)),
            Happening::Resized => {}
            Happening::Arrived(arrival) => {
                if arrival.is_err() {
                    // They were meant for another place.
                    self.keys.clear();
                }
                if let Some(wish) = self.game.arrive(arrival) {
                    self.wish(wish);
                }
            }
            Happening::Found(order) => self.game.found(order),
            Happening::Explored(end) => self.game.atlas.close(end),
            Happening::Told(quest) => self.game.tell(quest),
            Happening::Signalled(signal) => self.ended_by = Some(signal),
            Happening::Lost(error) => return Err(error),
        }
        Ok(())
    }

    fn wish(&self, wish: Wish) {
        // The one who serves ends with us only.
        let _ = self.wishes.send(wish);
    }
}

fn key_of(event: KeyEvent) -> Option<Key> {
    // What Ctrl-Z or Ctrl-S are pressed for in other programs, no letter is meant by.
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        return None;
    }
    Some(match event.code {
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Tab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}

/// Hands on what the terminal tells. It ends with the program.
fn listen(send: &Sender<Happening>) {
    loop {
        let happening = match event::read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => Happening::Key(key),
            Ok(Event::Resize(..)) => Happening::Resized,
            Ok(_) => continue,
            Err(error) => Happening::Lost(error),
        };
        let is_last = matches!(happening, Happening::Lost(_));
        if send.send(happening).is_err() || is_last {
            return;
        }
    }
}

/// Takes the steps that are wished for, until nobody wishes any more.
fn serve(setup: &Setup, quests: &Quests, wishes: &Receiver<Wish>, send: &Sender<Happening>) {
    let mut runner = Runner::new(&setup.job);
    let mut sources = Sources::default();
    while let Ok(Wish::Run { steps, onward, prepared }) = wishes.recv() {
        let arrival = arrive(setup, quests, &mut runner, &mut sources, &steps, onward, prepared);
        if send.send(Happening::Arrived(arrival)).is_err() {
            return;
        }
    }
}

fn arrive(
    setup: &Setup,
    quests: &Quests,
    runner: &mut Runner,
    sources: &mut Sources,
    steps: &[TaskId],
    onward: Onward,
    prepared: Prepared,
) -> Result<Arrival, String> {
    let mut position =
        runner.position(steps, prepared, onward != Onward::Stop).map_err(|error| words::error(&error.to_string()))?;
    if onward == Onward::UntilSeen {
        let so_far = far_enough(&position, steps.len());
        let steps = tasks(&position.steps[..so_far]);
        position = runner.position(&steps, prepared, false).map_err(|error| words::error(&error.to_string()))?;
    }
    let run = &position.interleaving;
    Ok(Arrival {
        steps: tasks(&position.steps),
        scene: Scene::of(&position, |place| sources.find(place)),
        solves: quests.solved_by(run),
        has_signals: run.has_signals(),
        roles: roles(setup.claims.as_ref(), run),
    })
}

fn tasks(steps: &[Taken]) -> Vec<TaskId> {
    steps.iter().map(|step| step.task).collect()
}

/// How many steps of a run to take so that whoever took the last of the first `chosen` is seen to do something, or has to wait.
fn far_enough(run: &Position, chosen: usize) -> usize {
    let Some(task) = run.steps[..chosen].last().map(|step| step.task) else { return chosen };
    let is_seen = |step: &Taken| {
        run.interleaving.trace.events[step.events.clone()]
            .iter()
            .any(|event| !matches!(event.what, What::Seen { .. }) && !event.what.is_finding())
    };
    let mut taken = chosen;
    while !is_seen(&run.steps[taken - 1]) && run.steps.get(taken).is_some_and(|step| step.task == task) {
        taken += 1;
    }
    taken
}

/// What the notes call processes of this run, by number.
fn roles(claims: Option<&Claims>, run: &Interleaving) -> BTreeMap<usize, String> {
    let Some(claims) = claims else { return BTreeMap::new() };
    let roles = claims.roles_of(&run.processes, &run.trace);
    let number = |pid| run.processes.iter().rposition(|&known| known == pid);
    roles.into_iter().filter_map(|(pid, role)| Some((number(pid)?, claims.roles[role].name.clone()))).collect()
}

/// Finds all orders, and then which quests the neighbours solve.
fn search(setup: &Setup, quests: &Quests, loads: bool, send: &Sender<Happening>) {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).saturating_sub(1).max(1);
    let job = Job { most: MOST, time: TIME, workers, loads, ..setup.job.clone() };
    let mut is_listened_to = true;
    let statistics = explore(&job, |run| {
        let order = Order {
            steps: run.steps().to_vec(),
            lines: run.lines(),
            solves: quests.solved_by(&run),
            prepared: run.prepared_for(),
            is_new: run.is_new,
        };
        is_listened_to = send.send(Happening::Found(order)).is_ok();
        if is_listened_to { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let end = match statistics {
        Ok(statistics) => End {
            limit: match statistics.limit {
                _ if statistics.complete => None,
                Some(limit) => Some(say!("the search was stopped after {}", words::limit(&limit)).told()),
                None => Some(say!("some runs did not go the same way twice").told()),
            },
            but: statistics.caveats.keys().map(|caveat| words::caveat(caveat).told()).collect(),
        },
        Err(error) => {
            End { limit: Some(say!("the search failed: {}", words::error(&error.to_string())).told()), but: Vec::new() }
        }
    };
    if !is_listened_to || send.send(Happening::Explored(end)).is_err() {
        return;
    }
    for neighbour in &setup.neighbours {
        let job = Job { most: MOST_OF_NEIGHBOUR, time: TIME_OF_NEIGHBOUR, workers, loads, ..neighbour.job.clone() };
        let mut told: Vec<usize> = Vec::new();
        // A neighbour that cannot be run gives nothing to do.
        let _ = explore(&job, |run| {
            if !quests.knows_lines_of(&run) {
                return ControlFlow::Break(());
            }
            for quest in quests.solved_by(&run) {
                if !told.contains(&quest) {
                    told.push(quest);
                    is_listened_to &= send.send(Happening::Told(quest)).is_ok();
                }
            }
            if is_listened_to { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    }
}
