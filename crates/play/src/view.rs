//! Draws the game: a column for each process, time downwards, and below each what it is about to do.

use interleave::explore::{Deed, Form, Stand, TaskId, task_name};
use interleave::trace::End;
use interleave_claims::report::printable::printable;
use interleave_claims::words::told;
use interleave_claims::{key, say, words};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::game::{Game, Overlay, Progress};
use crate::scene::{Actor, Cell, Done, Ending};

/// The least width of a column.
const NARROWEST: u16 = 22;
/// What stands before the columns: the numbers of the steps.
const GUTTER: u16 = 5;
/// How many lines below a column tell what its process is about to do, its frame included.
const NEXT: u16 = 7;
/// So many lines at most for what one cell tells.
const MOST_LINES: usize = 4;

const DIM: Style = Style::new().fg(Color::DarkGray);

/// What each key does.
const KEYS: &[(&str, &str)] = &[
    ("1 … 9, 0", key!("let the process in that column take its next step")),
    (key!("← →  Enter"), key!("choose a column, and let it take its next step")),
    (key!("Space"), key!("let the chosen one go on until it has printed, or has to wait")),
    ("e", key!("let all go on by themselves, to the end")),
    (key!("↑ or u"), key!("one step back")),
    (key!("↓ or r"), key!("one step forward again")),
    (key!("Home, End"), key!("to the beginning; to the last step that is known")),
    ("/", key!("show me an order in which a line comes before another")),
    (key!("Tab"), key!("the quests")),
    ("h  w  i", key!("a hint for the quest; show it; say that it is impossible")),
    ("s", key!("keep the schedule: the command that replays it is printed when you leave")),
    ("q", key!("leave")),
];

/// Draws it all.
pub fn draw(frame: &mut Frame, game: &Game) {
    let [head, board, quest, message, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(NEXT + 3),
        Constraint::Length(2),
        Constraint::Length(2),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(heading(game), head);
    draw_board(frame, game, board);
    frame.render_widget(Paragraph::new(quest_at_hand(game)).wrap(Wrap { trim: true }), quest);
    let said = if game.is_busy() { "…".to_owned() } else { printable(&game.message) };
    frame.render_widget(Paragraph::new(said.bold()).wrap(Wrap { trim: true }), message);
    frame.render_widget(
        Line::from(told(key!(
            "1-9 let go  Space on  u back  r forward  / show me  Tab quests  s save  ? help  q leave"
        )))
        .style(DIM),
        keys,
    );
    match &game.overlay {
        Some(Overlay::Help) => draw_help(frame),
        Some(Overlay::Quests(at)) => draw_quests(frame, game, *at),
        Some(Overlay::Ask { lines, at, first }) => draw_ask(frame, game, lines, *at, *first),
        None => {}
    }
}

fn heading(game: &Game) -> Line<'static> {
    let (at, known) = game.place();
    let steps = if at == known { say!("step {}", at).told() } else { say!("step {} of {}", at, known).told() };
    let atlas = &game.atlas;
    let left = atlas.left(&game.scene.lines);
    let orders = match (atlas.is_complete(), atlas.len()) {
        (_, 0) => String::new(),
        (true, all) => say!("{} of all {} orders left", left, all).told(),
        (false, all) => say!("{} of {} orders found so far", left, all).told(),
    };
    let ending = match &game.scene.ending {
        None => String::new(),
        Some(Ending::Ended) => say!("the end").told(),
        Some(Ending::Deadlock) => say!("DEADLOCK: nobody can go on").told(),
        Some(Ending::Stopped(why)) => printable(why),
    };
    let schedule = say!("schedule {}", &game.scene.schedule).told();
    let parts = [steps, schedule, orders].into_iter().filter(|part| !part.is_empty());
    let text: String = parts.map(|part| format!("  {part}")).collect();
    Line::from(vec![
        Span::from(printable(&game.program)).bold(),
        Span::from(text),
        Span::from(format!("  {ending}")).bold().yellow(),
    ])
}

/// The columns that have room, so that the chosen one is among them.
fn columns(game: &Game, width: u16) -> std::ops::Range<usize> {
    let all = game.cast.len();
    let room = usize::from((width.saturating_sub(GUTTER) / NARROWEST).max(1));
    let first = game.selected.saturating_sub(room.saturating_sub(1)).min(all.saturating_sub(room));
    first..all.min(first + room)
}

fn draw_board(frame: &mut Frame, game: &Game, area: Rect) {
    let shown = columns(game, area.width);
    if shown.is_empty() {
        return;
    }
    let [heads, body, next] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(NEXT)]).areas(area);
    let width = area.width.saturating_sub(GUTTER) / shown.len() as u16;
    let place =
        |area: Rect, column: usize| Rect { x: area.x + GUTTER + (column - shown.start) as u16 * width, width, ..area };
    for (column, &task) in game.cast.keys().enumerate().take(shown.end).skip(shown.start) {
        let actor = game.scene.actor(task);
        let name = format!("{} {} {}", mark_of(actor), column + 1, printable(&game.name(task)));
        let mut head = Line::from(fit(&name, usize::from(width.saturating_sub(1)))).style(style_of(actor));
        if column == game.selected {
            head = head.add_modifier(Modifier::REVERSED);
        }
        frame.render_widget(head, place(heads, column));
        draw_next(frame, game, actor, column == game.selected, place(next, column));
    }
    let mut more = String::new();
    if shown.start > 0 {
        more.push('<');
    }
    if shown.end < game.cast.len() {
        more.push('>');
    }
    frame.render_widget(Line::from(more).bold(), Rect { width: GUTTER, ..heads });
    draw_history(frame, game, body, |task| {
        let column = game.cast.keys().position(|&known| known == task)?;
        shown.contains(&column).then(|| place(body, column))
    });
}

fn mark_of(actor: Option<&Actor>) -> char {
    match actor.map(|actor| actor.stand) {
        Some(Stand::Ready) => '>',
        Some(Stand::Waits) => '.',
        Some(Stand::Parked | Stand::Ended) => 'x',
        None => ' ',
    }
}

fn style_of(actor: Option<&Actor>) -> Style {
    match actor.map(|actor| actor.stand) {
        Some(Stand::Ready) => Style::new().fg(Color::Green).add_modifier(Modifier::BOLD),
        Some(Stand::Waits) => Style::new().fg(Color::Yellow),
        Some(Stand::Parked | Stand::Ended) | None => DIM,
    }
}

/// What was done so far, and what of it was undone.
fn draw_history(frame: &mut Frame, game: &Game, area: Rect, place: impl Fn(TaskId) -> Option<Rect>) {
    let (at, known) = game.place();
    let mut y = 0u16;
    let mut lines: Vec<(u16, Rect, Line)> = Vec::new();
    let mut now = 0;
    for (number, row) in game.rows.iter().enumerate().take(known) {
        if number == at {
            now = y;
            y += 1;
        }
        let undone = number >= at;
        let style = if undone { DIM } else { Style::new() };
        lines.push((
            y,
            Rect { width: GUTTER, ..area },
            Line::from(format!("{:>3}", number + 1)).style(style.fg(Color::DarkGray)),
        ));
        let mut height = 0;
        let mut below: Vec<(TaskId, u16)> = Vec::new();
        for cell in &row.cells {
            let Some(column) = place(cell.task) else { continue };
            let used = below.iter().find(|(task, _)| *task == cell.task).map_or(0, |(_, used)| *used);
            let (text, own) = text_of(cell);
            let wrapped = wrap(&printable(&text), usize::from(column.width.saturating_sub(1)), MOST_LINES);
            for (line, text) in wrapped.iter().enumerate() {
                let style = if undone { DIM } else { own };
                lines.push((y + used + line as u16, column, Line::from(text.clone()).style(style)));
            }
            let used = used + wrapped.len() as u16;
            below.retain(|(task, _)| *task != cell.task);
            below.push((cell.task, used));
            height = height.max(used);
        }
        y += height.max(1);
    }
    if at >= game.rows.len().min(known) {
        now = y;
        y += 1;
    }
    lines.push((now, area, Line::from("─".repeat(usize::from(area.width))).style(DIM)));
    // What is at hand is to be seen, and if there is room some of what was undone.
    let below = (y - now).min(area.height / 3).max(1);
    let top = (now + below).saturating_sub(area.height);
    for (y, column, line) in lines {
        if (top..top + area.height).contains(&y) {
            frame.render_widget(line, Rect { y: area.y + y - top, height: 1, ..column });
        }
    }
}

/// What a cell says, and how.
fn text_of(cell: &Cell) -> (String, Style) {
    match &cell.what {
        Done::Line(text) => (text.clone(), Style::new().add_modifier(Modifier::BOLD)),
        Done::Stderr(text) => (text.trim_end().to_owned(), Style::new().fg(Color::Red)),
        Done::Begins => (say!("begins").told(), DIM),
        Done::Starts(tasks) => {
            let names: Vec<String> = tasks.iter().copied().map(task_name).collect();
            (say!("starts {}", names.join(" and ")).told(), DIM)
        }
        Done::Step(deed) => (words::deed(deed, Form::Present), DIM),
        Done::Ended(End::Exited(0)) => (say!("ends").told(), DIM),
        Done::Ended(end) => (words::end(*end).told(), Style::new().fg(Color::Red)),
    }
}

/// What an actor is about to do, or waits for, and where in its source that is.
fn draw_next(frame: &mut Frame, game: &Game, actor: Option<&Actor>, is_selected: bool, area: Rect) {
    let block = Block::bordered().border_style(if is_selected { style_of(actor) } else { DIM });
    let inside = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inside.width);
    // Who waits in a run that was stopped may not do so for ever.
    let is_over = game.scene.ending == Some(Ending::Deadlock);
    let about = match actor.map(|actor| (actor.stand, actor.next.as_ref())) {
        None => say!("is not there yet").told(),
        Some((Stand::Ended, _)) => say!("has ended").told(),
        Some((Stand::Parked, _)) => say!("has printed all that is looked at").told(),
        Some((Stand::Ready, Some(deed))) => about_to(deed),
        Some((Stand::Waits, Some(deed))) if is_over => say!("{} for ever", words::deed(deed, Form::Waiting)).told(),
        Some((Stand::Waits, Some(deed))) => words::deed(deed, Form::Waiting),
        Some((_, None)) => say!("waits in the kernel").told(),
    };
    let room = usize::from(inside.height);
    let mut lines: Vec<Line> = Vec::new();
    let source = actor.and_then(|actor| actor.source.as_ref());
    let kept = if source.is_some() { room.saturating_sub(2).max(1) } else { room };
    lines.extend(wrap(&printable(&about), width, kept).into_iter().map(|text| Line::from(text).style(style_of(actor))));
    if let Some(source) = source {
        let file = source.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        lines.push(Line::from(fit(&format!("{}:{}", printable(&file), source.line), width)).style(DIM));
        lines.push(Line::from(fit(&printable(&source.text), width)).style(Style::new().fg(Color::Cyan)));
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

fn about_to(deed: &Deed) -> String {
    match deed {
        // What it waits for is there.
        Deed::Wait(Some(child)) => say!("can go on: {} has ended", task_name(*child)).told(),
        Deed::Wait(None) => say!("can go on: a child has ended").told(),
        Deed::AwaitMemory(_) | Deed::Poll(_) | Deed::AwaitSignal => {
            say!("need not wait any longer: {}", words::deed(deed, Form::Infinitive)).told()
        }
        deed => say!("is about to {}", words::deed(deed, Form::Infinitive)).told(),
    }
}

fn quest_at_hand(game: &Game) -> Line<'static> {
    let quests: Vec<_> = game.quests().collect();
    let Some(place) = quests.iter().position(|(number, ..)| Some(*number) == game.quest) else {
        return Line::from("");
    };
    let (_, quest, progress) = &quests[place];
    let (mark, style) = mark(*progress);
    Line::from(vec![
        Span::from(say!("Quest {} of {} ", place + 1, quests.len()).told()).style(DIM),
        Span::from(format!("{mark} ")).style(style),
        Span::from(printable(&quest.task)),
    ])
}

fn mark(progress: Progress) -> (&'static str, Style) {
    match progress {
        Progress::Open => ("[ ]", Style::new()),
        Progress::Solved => (told(key!("[solved]")), Style::new().fg(Color::Green)),
        Progress::Impossible => (told(key!("[impossible]")), Style::new().fg(Color::Green)),
    }
}

fn draw_help(frame: &mut Frame) {
    let width = KEYS.iter().map(|(key, _)| told(key).width()).max().unwrap_or(0);
    let key = |(key, does): &(&'static str, &'static str)| {
        let key = told(key);
        let room = " ".repeat(width - key.width() + 2);
        Line::from(vec![Span::from(key).bold(), Span::from(room), Span::from(told(does))])
    };
    let mut lines: Vec<Line> = KEYS.iter().map(key).collect();
    lines.push(Line::from(""));
    lines.push(Line::from(told(key!(
        "These are real processes. Each is held before what the others could notice, until"
    ))));
    lines.push(Line::from(told(key!("you let it go. > can go on, . waits, x has ended. Any key closes this."))));
    over(frame, told(key!("Keys")), &lines, 0);
}

fn draw_quests(frame: &mut Frame, game: &Game, at: usize) {
    let mut lines = Vec::new();
    let mut pointed = 0;
    for (place, (_, quest, progress)) in game.quests().enumerate() {
        let (mark, style) = mark(progress);
        let mut task =
            Line::from(vec![Span::from(format!("{mark} ")).style(style), Span::from(printable(&quest.task))]);
        if place == at {
            task = task.add_modifier(Modifier::REVERSED);
            pointed = lines.len();
        }
        lines.push(task);
        lines.push(Line::from(format!("    {}", printable(&quest.from))).style(DIM));
    }
    let title = told(key!("Quests: ↑ ↓, Enter takes one, h hint, w show it, i it is impossible"));
    over(frame, title, &lines, pointed);
}

fn draw_ask(frame: &mut Frame, game: &Game, lines: &[(usize, String)], at: usize, first: Option<usize>) {
    let name = |process: usize| {
        let task = game.cast.iter().find(|(_, of)| **of == process).map(|(&task, _)| task);
        task.map_or_else(|| game.roles.get(&process).cloned().unwrap_or_default(), |task| game.name(task))
    };
    let width = lines.iter().map(|(process, _)| printable(&name(*process)).width()).max().unwrap_or(0);
    let line = |(number, (process, text)): (usize, &(usize, String))| {
        let name = printable(&name(*process));
        let room = " ".repeat(width.saturating_sub(name.width()) + 2);
        let mark = if Some(number) == first { told(key!("first: ")) } else { "" };
        let line = Line::from(vec![
            Span::from(format!("{name}{room}")).style(DIM),
            Span::from(mark).bold(),
            Span::from(printable(text)),
        ]);
        if number == at { line.add_modifier(Modifier::REVERSED) } else { line }
    };
    let rows: Vec<Line> = lines.iter().enumerate().map(line).collect();
    let title = match first {
        None => told(key!("Show me an order in which … comes (↑ ↓ Enter)")),
        Some(_) => told(key!("… before … (↑ ↓ Enter; Backspace chooses the first one anew)")),
    };
    over(frame, title, &rows, at);
}

/// A window over the board, so that the line of this number is to be seen.
fn over(frame: &mut Frame, title: &str, lines: &[Line], pointed: usize) {
    let area = frame.area();
    let widest = lines.iter().map(Line::width).max().unwrap_or(0).max(title.width() + 2);
    let width = (widest as u16 + 4).min(area.width);
    let height = (lines.len() as u16 + 2).min(area.height.saturating_sub(2)).max(3).min(area.height);
    let window = Rect { x: (area.width - width) / 2, y: (area.height - height) / 2, width, height };
    let room = usize::from(height.saturating_sub(2));
    let top = (pointed + 2).saturating_sub(room).min(lines.len().saturating_sub(room));
    let shown: Vec<Line> = lines.iter().skip(top).take(room).cloned().collect();
    if window.x > 0 {
        // Of a wide character at the edge the window would cover one half, and the other its frame.
        for y in window.top()..window.bottom() {
            let cell = &mut frame.buffer_mut()[(window.x - 1, y)];
            if cell.symbol().width() > 1 {
                cell.set_symbol(" ");
            }
        }
    }
    frame.render_widget(Clear, window);
    frame.render_widget(Paragraph::new(shown).block(Block::bordered().title(format!(" {title} "))), window);
}

/// The beginning of a text, in so many cells.
fn fit(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut fitted = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > cells {
            break;
        }
        fitted.push(character);
    }
    fitted + "…"
}

/// A text in lines of so many cells, broken between words where that can be, and cut after so many lines.
fn wrap(text: &str, cells: usize, most: usize) -> Vec<String> {
    let cells = cells.max(2);
    let text = text.trim_end();
    let mut lines = vec![String::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(' ').map_or(rest, |end| &rest[..end.max(1)]);
        let last = lines.len() - 1;
        let used = lines[last].width();
        if used + word.width() <= cells {
            lines[last].push_str(word);
            rest = &rest[word.len()..];
        } else if first == ' ' {
            lines.push(String::new());
            rest = &rest[1..];
        } else if lines[last].ends_with(' ') && word.width() <= cells {
            lines.push(String::new());
        } else if used + first.width().unwrap_or(0) <= cells {
            lines[last].push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            lines.push(String::new());
        }
    }
    // A space at which a line is broken is not seen.
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = fit(&format!("{last}  "), cells.min(last.width() + 1));
        }
    }
    lines
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
