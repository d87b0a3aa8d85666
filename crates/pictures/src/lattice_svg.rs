//! The lattice of all orders as a picture.

use maud::{PreEscaped, html};

use crate::lattice::{Label, Lattice, State, States, TooLarge};
use crate::layout::{CELL, LINE, MARGIN};
use crate::picture::{Kind, Lane};
use crate::speech::say;
use crate::svg::{STYLE, colour};
use crate::words;

/// From one layer to the next, where steps have their texts beside them.
const SPACED: i32 = 100;
/// From one layer to the next, and from one state to the next in its layer, where there are too many states for texts: those come when the mouse rests on a line, and to screen readers.
const DENSE: (i32, i32) = (48, 22);
/// Up to so many states have texts.
const FEW: usize = 60;
/// A text beside a line is cut after so many cells.
const WIDEST: usize = 20;

impl Lattice {
    /// The lattice as an SVG file: the first state at the top, a line for each step in the colour of who takes it, and each
    /// way down one of the orders.
    ///
    /// # Errors
    /// If it would have too many orders or states to be read.
    pub fn svg(&self) -> Result<String, TooLarge> {
        let States { states } = self.states()?;
        let layers = layers(&states);
        let is_few = states.len() <= FEW;
        let widest = if is_few { label_width(&states) } else { 0 };
        let broadest = layers.iter().map(Vec::len).max().unwrap_or(1) as i32;
        let (down, across) = match (is_few, broadest) {
            // The texts of two lines that leave one state have room beside each other.
            (true, ..=5) => (SPACED, 2 * widest + 8),
            (true, _) => (SPACED, widest + 28),
            (false, _) => DENSE,
        };
        let legend: Vec<String> = self.lanes.iter().map(words::lane).collect();
        let legend_width: i32 = legend.iter().map(|name| words::width(name) as i32 * CELL + 60).sum();
        let size = say!("{} orders, {} states", self.orders(), states.len());
        let orders = std::iter::once(size).chain(self.notes.iter().cloned()).collect::<Vec<_>>().join("; ");
        let width = (broadest * across + 2 * MARGIN).max(legend_width + 2 * MARGIN).max(40 * CELL);
        let said = words::wrap(&orders, (width - 2 * MARGIN) as usize / CELL as usize, 20);
        let legend_at = MARGIN + (said.len() as i32 + 2) * LINE - 9;
        let top = legend_at + LINE + 9;
        let height = top + (layers.len() as i32 - 1) * down + 2 * MARGIN + LINE;
        let mut places = vec![(0, 0); states.len()];
        for (depth, layer) in layers.iter().enumerate() {
            for (at, &state) in layer.iter().enumerate() {
                let x = width / 2 + (2 * at as i32 + 1 - layer.len() as i32) * across / 2;
                places[state] = (x, top + depth as i32 * down);
            }
        }
        let program = words::printable(&self.program);
        let picture = html! {
            svg xmlns="http://www.w3.org/2000/svg" class="picture" role="graphics-document document" width=(width) height=(height)
                viewBox={ "0 0 " (width) " " (height) } aria-labelledby="lattice-title lattice-desc" {
                title id="lattice-title" { (say!("{}: all its orders", program)) }
                desc id="lattice-desc" {
                    (say!(
                        "{}. Each circle is a state, each line down from it a step that may come next, in the colour of the process that takes \
                         it; every way from the top to the bottom is one order.",
                        words::printable(&orders)
                    ))
                }
                style { (PreEscaped(STYLE)) }
                "\n"
                rect class="paper" width=(width) height=(height) {}
                "\n"
                text class="title" x=(MARGIN) y=(MARGIN + LINE - 5) { (program) }
                @for (number, line) in said.iter().enumerate() {
                    text class="quiet" x=(MARGIN) y=(MARGIN + (number as i32 + 2) * LINE - 5) { (line) }
                    "\n"
                }
                @for (lane, name) in legend.iter().enumerate() {
                    @let x: i32 = MARGIN + legend[..lane].iter().map(|name| words::width(name) as i32 * CELL + 60).sum::<i32>();
                    g class=(colour(lane)) {
                        line class="edge" x1=(x) y1=(legend_at) x2=(x + 24) y2=(legend_at) {}
                        text class="edge-label" x=(x + 30) y=(legend_at + 4) { (name) }
                    }
                    "\n"
                }
                @for (from, state) in states.iter().enumerate() {
                    @for (label, to) in &state.next {
                        @let ((x1, y1), (x2, y2)) = (places[from], places[*to]);
                        g class=(colour(label.lane)) {
                            line class="edge" x1=(x1) y1=(y1) x2=(x2) y2=(y2) { title { (sentence(label, &self.lanes)) } }
                        }
                        "\n"
                    }
                }
                @for (label, (x, y)) in if is_few { labels(&states, &places) } else { Vec::new() } {
                    g class=(colour(label.lane)) aria-hidden="true" {
                        text class="edge-label halo" text-anchor="middle" x=(x) y=(y + 4) { (short(label)) }
                    }
                    "\n"
                }
                @for (number, state) in states.iter().enumerate() {
                    g class="moment" tabindex="0" role="graphics-symbol img" aria-label=(heard(state, &self.lanes)) {
                        circle class={ "band node" @if !state.ends.is_empty() { " last" } @if state.ends.values().any(|hangs| *hangs) { " bad" } } cx=(places[number].0) cy=(places[number].1) r=(if is_few { 7 } else { 4 }) {
                            title { (heard(state, &self.lanes)) }
                        }
                        @if is_few {
                            text class="quiet halo" x=(places[number].0 + 12) y=(places[number].1 + 4) { (endings(state)) }
                        }
                    }
                    "\n"
                }
            }
        };
        Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", picture.into_string()))
    }
}

/// The states by their distance from the first, each layer in an order in which few lines cross: each state goes to the
/// mean place of its neighbours in the layer above, and then in that below (Sugiyama, Tagawa, Toda 1981).
fn layers(states: &[State]) -> Vec<Vec<usize>> {
    let deepest = states.iter().map(|state| state.depth).max().unwrap_or(0);
    let mut layers = vec![Vec::new(); deepest + 1];
    let mut above = vec![Vec::new(); states.len()];
    for (number, state) in states.iter().enumerate() {
        layers[state.depth].push(number);
        state.next.iter().for_each(|(_, to)| above[*to].push(number));
    }
    let mut place = vec![0.0; states.len()];
    let sort = |layer: &mut Vec<usize>, place: &mut Vec<f64>, neighbours: &dyn Fn(usize) -> Vec<usize>| {
        let wish = |&state: &usize| {
            let near = neighbours(state);
            let sum: f64 = near.iter().map(|&other| place[other]).sum();
            if near.is_empty() { place[state] } else { sum / near.len() as f64 }
        };
        let mut wishes: Vec<(f64, usize)> = layer.iter().map(|state| (wish(state), *state)).collect();
        wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
        *layer = wishes.into_iter().map(|(_, state)| state).collect();
        for (at, &state) in layer.iter().enumerate() {
            place[state] = at as f64 - (layer.len() as f64 - 1.0) / 2.0;
        }
    };
    for _ in 0..8 {
        layers.iter_mut().for_each(|layer| sort(layer, &mut place, &|state| above[state].clone()));
        let below = |state: usize| states[state].next.iter().map(|(_, to)| *to).collect();
        layers.iter_mut().rev().for_each(|layer| sort(layer, &mut place, &below));
    }
    layers
}

fn label_width(states: &[State]) -> i32 {
    let labels = states.iter().flat_map(|state| &state.next);
    labels.map(|(label, _)| words::width(&short(label)) as i32 * CELL).max().unwrap_or(0)
}

/// Where the texts on the lines stand: in the middle, or a little above or below it where another would be hidden.
fn labels<'a>(states: &'a [State], places: &[(i32, i32)]) -> Vec<(&'a Label, (i32, i32))> {
    let mut placed: Vec<(&Label, (i32, i32))> = Vec::new();
    let half = |label: &Label| words::width(&short(label)) as i32 * CELL / 2;
    for (from, state) in states.iter().enumerate() {
        for (label, to) in &state.next {
            let ((x1, y1), (x2, y2)) = (places[from], places[*to]);
            let at = |percent: i32| (x1 + (x2 - x1) * percent / 100, y1 + (y2 - y1) * percent / 100);
            let hidden = |(x, y): (i32, i32)| -> i32 {
                let apart = |(other, (ox, oy)): &(&Label, (i32, i32))| {
                    ((half(label) + half(other) - (x - ox).abs()).max(0)) * (LINE - (y - oy).abs()).max(0)
                };
                placed.iter().map(apart).sum()
            };
            let place = [50, 32, 68, 41, 59, 23, 77].into_iter().map(at).min_by_key(|&place| hidden(place));
            placed.push((label, place.unwrap_or((x1, y1))));
        }
    }
    placed
}

/// What stands beside a line.
fn short(label: &Label) -> String {
    words::cut(&label.text, WIDEST)
}

fn sentence(label: &Label, lanes: &[Lane]) -> String {
    let who = lanes.get(label.lane).map(words::lane).unwrap_or_default();
    let text = words::printable(&label.text);
    match label.kind {
        Kind::Line => say!("{} prints “{}”", who, text),
        Kind::Garbled => say!("{} writes {}", who, text),
        _ => format!("{who} {text}"),
    }
}

/// How the program may end in a state.
fn endings(state: &State) -> String {
    let endings: Vec<_> = state.ends.keys().map(|ending| words::printable(ending)).collect();
    endings.join(", ")
}

/// What a screen reader says of a state.
fn heard(state: &State, lanes: &[Lane]) -> String {
    let next: Vec<String> = state.next.iter().map(|(label, _)| sentence(label, lanes)).collect();
    let end =
        if state.ends.is_empty() { String::new() } else { say!(" The program may end here: {}.", endings(state)) };
    let next = if next.is_empty() { String::new() } else { say!(" Next: {}.", next.join(&say!("; or "))) };
    say!("After {} steps; orders from here: {}.{}{}", state.depth, state.orders, next, end)
}
