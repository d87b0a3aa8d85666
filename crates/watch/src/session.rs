//! A sitting at the terminal: keys, saved files and verdicts come in, one at a time; the screen is drawn anew after each.

use std::fs;
use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crossterm::cursor::MoveTo;
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::queue;
use crossterm::terminal::{self, Clear, ClearType};
use exercises::catalog::{Form, Language};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use notify::{RecursiveMode, Watcher};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::desk::{Desk, Finding};
use crate::list::List;
use crate::screen::{self, View, say};

/// What can happen.
enum Happening {
    Key(KeyEvent),
    Resized,
    /// Something in the folder of answers may have changed.
    Saved,
    /// The answer of this number was judged.
    Judged(u64, io::Result<Finding>),
    /// We are asked to end, by this signal; or go on after we were stopped.
    Signalled(i32),
    /// The keyboard, or the folder, cannot be listened to any more.
    Lost(io::Error),
}

/// The terminal as we need it. Dropping it gives it back as it was.
struct Terminal;

impl Terminal {
    fn take() -> io::Result<Terminal> {
        terminal::enable_raw_mode()?;
        Ok(Terminal)
    }
}

/// Gives the terminal back, and stops as every program does at Ctrl-Z: with all that the shell has started together with us.
fn suspend() -> io::Result<()> {
    terminal::disable_raw_mode()?;
    kill(Pid::from_raw(0), Signal::SIGTSTP)?;
    Ok(())
}

/// Takes the terminal again, which a shell may have set up anew in between.
fn resume() -> io::Result<()> {
    terminal::disable_raw_mode()?;
    terminal::enable_raw_mode()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing better can be done than to try.
        let _ = terminal::disable_raw_mode();
    }
}

/// What goes on.
struct Session {
    desk: Desk,
    send: Sender<Happening>,
    /// What was asked for last, by its number: a verdict on anything older is out of date.
    asked: u64,
    /// The answer that this was about, as it was then.
    content: Vec<u8>,
    /// Whether a thread is judging; only one does at a time.
    busy: bool,
    form: Form,
    finding: Option<Finding>,
    hints: usize,
    note: Option<String>,
    list: Option<List>,
    /// The learner was asked whether to begin anew.
    resetting: bool,
}

/// Sits with the learner until they quit.
///
/// Who is ended by SIGTERM, SIGHUP, SIGINT or SIGQUIT gives the terminal back first, and does not return.
///
/// # Errors
/// If the terminal or the files cannot be used.
pub fn run(desk: Desk) -> io::Result<()> {
    let (send, happenings) = mpsc::channel();
    let on_change = send.clone();
    let folder = desk.folder().to_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Nobody listens any more once the learner has quit.
        let _ = on_change.send(match event {
            Ok(event) if event.kind.is_access() => return,
            Ok(_) => Happening::Saved,
            Err(error) => Happening::Lost(io::Error::other(error)),
        });
    })
    .map_err(io::Error::other)?;
    watcher
        .watch(&folder, RecursiveMode::NonRecursive)
        .map_err(|error| io::Error::other(format!("cannot watch {}: {error}", folder.display())))?;
    let form = desk.form();
    let mut session = Session {
        desk,
        send,
        asked: 0,
        content: Vec::new(),
        busy: false,
        form,
        finding: None,
        hints: 0,
        note: None,
        list: None,
        resetting: false,
    };
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT])?;
    let terminal = Terminal::take()?;
    let (keys, asked) = (session.send.clone(), session.send.clone());
    thread::spawn(move || {
        for signal in signals.forever() {
            // Nobody listens any more once the learner has quit.
            let _ = asked.send(Happening::Signalled(signal));
        }
    });
    thread::spawn(move || listen(&keys));
    session.judge();
    let ended_by = session.go_on(&happenings);
    drop(terminal);
    match ended_by? {
        Some(signal) => signal_hook::low_level::emulate_default_handler(signal),
        None => Ok(()),
    }
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

fn is_control(key: KeyEvent, letter: char) -> bool {
    key.code == KeyCode::Char(letter) && key.modifiers.contains(KeyModifiers::CONTROL)
}

impl Session {
    /// Goes on until the learner quits, or a signal asks us to end, which is returned.
    fn go_on(&mut self, happenings: &Receiver<Happening>) -> io::Result<Option<i32>> {
        self.draw()?;
        let mut suspended = false;
        while let Ok(happening) = happenings.recv() {
            // Where there is no shell that could continue us we are not stopped either, and a key comes.
            if suspended && matches!(happening, Happening::Key(_) | Happening::Signalled(SIGCONT)) {
                suspended = false;
                resume()?;
            }
            match happening {
                Happening::Key(key) if is_control(key, 'z') => {
                    suspend()?;
                    suspended = true;
                }
                Happening::Key(key) => {
                    if !self.key(key)? {
                        return Ok(None);
                    }
                }
                // Whoever was stopped otherwise has not given the terminal back.
                Happening::Signalled(SIGCONT) => resume()?,
                Happening::Resized => {}
                Happening::Saved => self.saved(),
                Happening::Judged(number, finding) => self.judged(number, finding)?,
                Happening::Signalled(signal) => return Ok(Some(signal)),
                Happening::Lost(error) => return Err(error),
            }
            // Until we are continued the screen is the shell's.
            if !suspended {
                self.draw()?;
            }
        }
        Ok(None)
    }

    /// Asks for a verdict on the answer as it is now. Where one is being sought, that is waited for first.
    fn judge(&mut self) {
        self.asked += 1;
        self.finding = None;
        let answer = self.desk.answer(self.form);
        self.content = fs::read(answer.file()).unwrap_or_default();
        if self.busy {
            return;
        }
        self.busy = true;
        let (number, send) = (self.asked, self.send.clone());
        thread::spawn(move || {
            // Nobody listens any more once the learner has quit.
            let _ = send.send(Happening::Judged(number, answer.judge()));
        });
    }

    fn judged(&mut self, number: u64, finding: io::Result<Finding>) -> io::Result<()> {
        self.busy = false;
        if number != self.asked {
            self.judge();
            return Ok(());
        }
        match finding {
            Ok(finding) => {
                self.desk.take(self.form, &finding)?;
                self.finding = Some(finding);
            }
            // It may be the answer's fault, or a compiler that is missing: the learner can do something about it.
            Err(error) => self.finding = Some(Finding::DoesNotBuild(error.to_string())),
        }
        Ok(())
    }

    /// An editor tells of one save several times, and of its own files too: what counts is whether an answer is another.
    fn saved(&mut self) {
        let now = |form: Form| fs::read(self.desk.answer(form).file()).ok();
        if now(self.form).is_some_and(|content| content != self.content) {
            self.judge();
            return;
        }
        let exercise = self.desk.exercise();
        let given = |form: Form| fs::read(exercise.given(form)).ok();
        let begun = exercise
            .forms
            .iter()
            .copied()
            .find(|form| *form != self.form && now(*form).is_some_and(|content| Some(content) != given(*form)));
        // Whoever has left this answer as it was given, and begun one in another language, means that one.
        if let Some(form) = begun.filter(|_| Some(&self.content) == given(self.form).as_ref()) {
            self.form = form;
            self.judge();
        }
    }

    /// Shows the exercise at hand, as if nothing had been there before.
    fn turn(&mut self) {
        self.form = self.desk.form();
        self.hints = 0;
        self.note = None;
        self.judge();
    }

    /// Does what a key says; false if that is to quit.
    fn key(&mut self, key: KeyEvent) -> io::Result<bool> {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return Ok(!is_control(key, 'c'));
        }
        if self.list.is_some() {
            self.list_key(key)?;
            return Ok(true);
        }
        self.note = None;
        let language = self.desk.language();
        if std::mem::take(&mut self.resetting) && key.code == KeyCode::Char('y') {
            let kept = self.desk.reset(self.form)?;
            let word = say(language, "what you had is kept in", "原来的答案保存在");
            self.turn();
            self.note = Some(format!("{word} {}", kept.display()));
            return Ok(true);
        }
        match key.code {
            KeyCode::Char('q') => return Ok(false),
            KeyCode::Char('h') => self.hints = (self.hints + 1).min(self.desk.text().hints.len()),
            KeyCode::Char('l') => self.list = Some(List::at(self.desk.place())),
            KeyCode::Char('n') => {
                if self.desk.next()? {
                    self.turn();
                } else {
                    self.note = Some(say(language, "This is the last one.", "这是最后一个。").to_owned());
                }
            }
            KeyCode::Char('p') => {
                self.desk.turn_to(self.desk.place().saturating_sub(1))?;
                self.turn();
            }
            KeyCode::Char('r') => {
                self.resetting = true;
                let ask = say(
                    language,
                    "Begin this one anew? y yes · any other key no",
                    "重新开始这个练习？y 是 · 其他键 否",
                );
                self.note = Some(ask.to_owned());
            }
            KeyCode::Char('z') => {
                self.desk.progress.language = match language {
                    Language::English => Language::Chinese,
                    Language::Chinese => Language::English,
                };
                exercises::speak(self.desk.language());
                self.desk.progress.write()?;
                // What was found is told anew.
                self.judge();
            }
            KeyCode::Enter => self.judge(),
            _ => {}
        }
        Ok(true)
    }

    fn list_key(&mut self, key: KeyEvent) -> io::Result<()> {
        let Some(list) = &mut self.list else { return Ok(()) };
        let exercises = &self.desk.exercises;
        match key.code {
            KeyCode::Up => list.up(exercises),
            KeyCode::Down => list.down(exercises),
            KeyCode::Backspace => list.remove(),
            KeyCode::Esc => self.list = None,
            KeyCode::Char(character) => list.add(character),
            KeyCode::Enter => {
                if let Some(place) = list.pointed(exercises) {
                    self.list = None;
                    self.desk.turn_to(place)?;
                    self.turn();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn draw(&self) -> io::Result<()> {
        let text = match &self.list {
            Some(list) => {
                let language = self.desk.language();
                let rows = terminal::size().map_or(24, |(_, rows)| usize::from(rows)).saturating_sub(4).max(1);
                let lines = list.lines(&self.desk.exercises, &self.desk.progress, language, rows);
                let keys = say(language, "type to search · ↑ ↓ · Enter · Esc", "输入以搜索 · ↑ ↓ · 回车 · Esc");
                format!("{keys}: {}\n\n{}\n", list.search, lines.join("\n"))
            }
            None => {
                let (finding, note) = (self.finding.as_ref(), self.note.as_deref());
                screen::text(&self.desk, &View { form: self.form, finding, hints: self.hints, note })
            }
        };
        let mut out = io::stdout().lock();
        queue!(out, Clear(ClearType::All), Clear(ClearType::Purge), MoveTo(0, 0))?;
        // In raw mode a line end does not go back to the left by itself.
        out.write_all(text.replace('\n', "\r\n").as_bytes())?;
        out.flush()
    }
}
