//! Space-time diagrams in Lamport's manner (*Time, Clocks, and the Ordering of Events in a Distributed System*, 1978), with
//! time downwards, as the lines of a terminal go.

use maud::{Markup, PreEscaped, Render, html};

use crate::layout::{BESIDE_AXIS, CELL, LINE, Layout, MARGIN};
use crate::picture::{Arrow, ArrowKind, Kind, Picture};
use crate::speech::say;
use crate::words;

/// How pictures look, in the light and in the dark.
pub(crate) const STYLE: &str = include_str!("style.css");

/// Between two runs that stand side by side.
const BETWEEN: i32 = 40;
/// A moment's dot.
const RADIUS: i32 = 5;

impl Picture {
    /// The run as a space-time diagram: an SVG file that needs nothing else. Its texts are texts; a screen reader hears each
    /// moment as a sentence, and a keyboard can go from one to the next.
    pub fn svg(&self) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", drawing(self, "run", true).into_string())
    }
}

/// The diagram. `id` begins the ids in it: in a page with several they have to differ.
pub(crate) fn drawing(picture: &Picture, id: &str, with_style: bool) -> Markup {
    let runs: Vec<&Picture> = std::iter::once(picture).chain(picture.beside.as_deref()).collect();
    let layouts = Layout::of(&runs);
    let mut left = MARGIN;
    let mut lefts = Vec::new();
    for layout in &layouts {
        lefts.push(left);
        left += layout.width + BETWEEN;
    }
    let legend = legend(&runs);
    let width = (left - BETWEEN).max(legend.1 + MARGIN) + MARGIN;
    let bottom = layouts.iter().map(Layout::height).max().unwrap_or(0);
    let height = bottom + if legend.1 > 0 { LINE + MARGIN } else { 0 };
    let parting = picture.beside.as_deref().map(|beside| picture.parting(beside));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="picture" role="graphics-document document"
            width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
            aria-labelledby={ (id) "-title " (id) "-desc" } {
            title id={ (id) "-title" } { (say!("{}: space-time diagram", words::printable(&picture.program))) }
            desc id={ (id) "-desc" } { (words::summary(picture)) }
            @if with_style { style { (PreEscaped(STYLE)) } }
            "\n"
            defs {
                marker id={ (id) "-tip" } viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse"
                    markerWidth="9" markerHeight="9" orient="auto" {
                    path class="tip" d="M0 0L10 5L0 10z" {}
                }
            }
            "\n"
            rect class="paper" width=(width) height=(height) {}
            "\n"
            @for (number, (run, layout)) in runs.iter().zip(&layouts).enumerate() {
                @let id = if number == 0 { id.to_owned() } else { format!("{id}-beside") };
                @let which = if number == 0 { say!("the run") } else { say!("the run beside it") };
                g role="group" aria-label={ (which) ": " (words::subtitle(run)) } transform={ "translate(" (lefts[number]) " 0)" } { "\n" (draw(run, layout, &id, picture_id(&id))) }
                "\n"
                @if number > 0 {
                    @let x = lefts[number] - BETWEEN / 2;
                    line class="between" x1=(x) y1=(MARGIN) x2=(x) y2=(bottom) {}
                    "\n"
                }
            }
            @if let Some(parting) = parting { (part(&layouts, parting, MARGIN, left - BETWEEN)) }
            @if legend.1 > 0 {
                g aria-hidden="true" transform={ "translate(" (MARGIN) " " (bottom) ")" } { (legend.0) }
                "\n"
            }
        }
    }
}

/// The id of the drawing that a run belongs to.
fn picture_id(id: &str) -> &str {
    id.strip_suffix("-beside").unwrap_or(id)
}

/// One run, with its left edge at 0.
fn draw(picture: &Picture, layout: &Layout, id: &str, drawing: &str) -> Markup {
    html! {
        @for (number, line) in layout.title.iter().enumerate() {
            text class=(if number == 0 { "title" } else { "quiet" }) x="0" y=(MARGIN + LINE * (number as i32 + 1) - 5) { (line) }
            "\n"
        }
        text class="number" x="46" y=(layout.body - 14) aria-hidden="true" { (say!("time ↓")) }
        "\n"
        // Below everything else, so that no arrow is hidden.
        @for (number, row) in layout.rows.iter().enumerate() {
            @if picture.moments[number].decides {
                g class="marked" { rect class="band" x="0" y=(row.top + 1) width=(layout.width) height=(row.bottom - row.top - 2) rx="4" {} }
                "\n"
            }
        }
        @for (number, column) in layout.columns.iter().enumerate() {
            @for (line, text) in column.head.iter().enumerate() {
                text class="head" x=(column.axis - RADIUS) y=(layout.heads + LINE * (line as i32 + 1) - 4) { (text.trim_end()) }
            }
            (axis(picture, layout, number))
            "\n"
        }
        @for link in picture.drawn_arrows() { (arrow(picture, layout, link, drawing)) "\n" }
        @for number in 0..layout.rows.len() { (moment(picture, layout, number, id)) "\n" }
    }
}

/// A process's life: from its first moment to its end, or to the end of the picture; dotted where it waits.
fn axis(picture: &Picture, layout: &Layout, lane: usize) -> Markup {
    let own: Vec<usize> = (0..picture.moments.len()).filter(|&n| picture.moments[n].lane == lane).collect();
    let x = layout.columns[lane].axis;
    let pieces = own.iter().enumerate().filter_map(|(at, &number)| {
        let moment = &picture.moments[number];
        let to = match own.get(at + 1) {
            Some(&next) => layout.rows[next].middle,
            None if moment.kind.is_end() || picture.has_unknown_ends => return None,
            None => layout.bottom,
        };
        Some((layout.rows[number].middle, to, moment.kind == Kind::Wait))
    });
    html! {
        g class=(colour(lane)) {
            @for (from, to, waits) in pieces {
                line class=(if waits { "waiting" } else { "axis" }) x1=(x) y1=(from) x2=(x) y2=(to) {}
            }
        }
    }
}

fn arrow(picture: &Picture, layout: &Layout, arrow: &Arrow, drawing: &str) -> Markup {
    let end = |number: usize| {
        let column = &layout.columns[picture.moments[number].lane];
        (f64::from(column.axis), f64::from(layout.rows[number].middle))
    };
    let ((x1, y1), (x2, y2)) = (end(arrow.from), end(arrow.to));
    let length = (x2 - x1).hypot(y2 - y1);
    // It ends at the dots' edges.
    let (dx, dy) = ((x2 - x1) / length, (y2 - y1) / length);
    let (from, to) = (f64::from(RADIUS), length - f64::from(RADIUS) - 1.5);
    let point = |at: f64| (tenth(x1 + dx * at), tenth(y1 + dy * at));
    let (start, tip, middle) = (point(from), point(to), point(length / 2.0));
    html! {
        g aria-hidden="true" {
            line class={ "arrow " (class(arrow.kind)) } x1=(start.0) y1=(start.1) x2=(tip.0) y2=(tip.1)
                marker-end={ "url(#" (drawing) "-tip)" } {
                title { (words::arrow(arrow.kind)) ": " (arrow.from + 1) " → " (arrow.to + 1) }
            }
            @if let Some(label) = &arrow.label {
                @let label = words::cut(label, 24);
                text class="quiet halo" text-anchor="middle" x=(middle.0) y=(middle.1) { (label) }
            }
        }
    }
}

fn moment(picture: &Picture, layout: &Layout, number: usize, id: &str) -> Markup {
    let (moment, row) = (&picture.moments[number], &layout.rows[number]);
    let (x, y) = (layout.columns[moment.lane].axis, row.middle);
    let class = match moment.kind {
        Kind::Line | Kind::Garbled => "halo",
        Kind::Failure | Kind::Stderr => "halo bad",
        _ => "halo quiet",
    };
    let words = row.text.len() - usize::from(moment.decides);
    html! {
        g id={ (id) "-" (number + 1) } class={ "moment " (colour(moment.lane)) @if moment.decides { " marked" } } tabindex="0"
            role="graphics-symbol img" aria-label=(label(picture, number)) {
            rect class="band" style=[moment.decides.then_some("fill: none")] x="0" y=(row.top + 1) width=(layout.width)
                height=(row.bottom - row.top - 2) rx="4" {}
            text class="number" x="34" y=(y + 4) { (number + 1) }
            @match moment.kind {
                Kind::End => line class="stop" x1=(x - 7) y1=(y) x2=(x + 7) y2=(y) {}
                Kind::Failure => path class="stop bad" d={ "M" (x - 5) " " (y - 5) "l10 10m0 -10l-10 10" } {}
                Kind::Line | Kind::Garbled | Kind::Stderr => circle class="dot" cx=(x) cy=(y) r=(RADIUS) {}
                _ => circle class="dot hollow" cx=(x) cy=(y) r=(RADIUS - 1) {}
            }
            @for (line, text) in row.text.iter().enumerate() {
                text class=(if line < words { class } else { "halo decides" }) x=(x + BESIDE_AXIS) y=(row.first_line + 4 + LINE * line as i32) { (text) }
            }
        }
    }
}

/// What a screen reader says of a moment.
fn label(picture: &Picture, number: usize) -> String {
    let from: Vec<String> = picture
        .drawn_arrows()
        .filter(|arrow| arrow.to == number)
        .map(|arrow| say!(", from {} ({})", arrow.from + 1, words::arrow(arrow.kind)))
        .collect();
    format!("{}: {}{}", number + 1, words::sentence(picture, number), from.concat())
}

/// The line across both runs where they part.
fn part(layouts: &[Layout], parting: usize, left: i32, right: i32) -> Markup {
    let (first, second) = (&layouts[0], &layouts[1]);
    if parting == first.rows.len() && parting == second.rows.len() {
        return html! {};
    }
    // What is the same stands at the same height, so that it does not matter in which of them the row is looked up.
    let y = match (first.rows.get(parting), second.rows.get(parting)) {
        (Some(row), _) | (None, Some(row)) => row.top,
        (None, None) => first.bottom,
    };
    html! {
        line class="parting" x1=(left) y1=(y) x2=(right) y2=(y) {}
        text class="halo decides" text-anchor="end" x=(right) y=(y - 5) { (words::parting()) }
        "\n"
    }
}

/// What each kind of line means, and how wide that is; nothing if there is nothing to explain.
fn legend(runs: &[&Picture]) -> (Markup, i32) {
    let mut kinds: Vec<ArrowKind> = runs.iter().flat_map(|run| run.drawn_arrows()).map(|arrow| arrow.kind).collect();
    kinds.sort();
    kinds.dedup();
    // That a process is started is plain from the words.
    if kinds.iter().all(|&kind| kind == ArrowKind::Fork) {
        return (html! {}, 0);
    }
    let mut entries: Vec<(String, String)> =
        kinds.into_iter().map(|kind| (format!("arrow {}", class(kind)), words::arrow(kind))).collect();
    if runs.iter().flat_map(|run| &run.moments).any(|moment| moment.kind == Kind::Wait) {
        entries.push(("waiting lane-0".to_owned(), say!("waits")));
    }
    let mut x = 0;
    let places: Vec<i32> = entries
        .iter()
        .map(|(_, meaning)| {
            let place = x;
            x += 44 + words::width(meaning) as i32 * CELL + 24;
            place
        })
        .collect();
    let markup = html! {
        @for ((class, meaning), x) in entries.iter().zip(places) {
            line class=(class) x1=(x) y1="0" x2=(x + 34) y2="0" {}
            text class="quiet" x=(x + 42) y="4" { (meaning) }
        }
    };
    (markup, x)
}

fn class(kind: ArrowKind) -> &'static str {
    match kind {
        ArrowKind::Fork => "fork",
        ArrowKind::End => "end",
        ArrowKind::Bytes => "bytes",
        ArrowKind::Signal => "signal",
        ArrowKind::Lock => "lock",
        ArrowKind::Causal => "causal",
    }
}

/// The class that gives a lane its colour.
pub(crate) fn colour(lane: usize) -> String {
    format!("lane-{}", lane % 8)
}

/// A coordinate, to a tenth of a pixel.
fn tenth(x: f64) -> impl Render {
    (x * 10.0).round() / 10.0
}
