//! Where everything in a space-time diagram stands, in pixels.
//!
//! Texts are measured in cells of a fixed-width font, of which wide characters take two. A browser may use a font whose
//! Chinese characters are narrower than that, never one in which they are wider.

use crate::picture::Picture;
use crate::words;

/// A cell's width in the font of 13 pixels, rounded up.
pub const CELL: i32 = 8;
/// From one line of text to the next.
pub const LINE: i32 = 18;
/// Left of the first axis, for the numbers of the moments.
const GUTTER: i32 = 64;
/// From an axis to the text beside it.
pub const BESIDE_AXIS: i32 = 14;
/// Between a column's text and the next axis.
const COLUMN_GAP: i32 = 28;
/// Between a row and the next.
const ROW_GAP: i32 = 10;
/// Above and below everything.
pub const MARGIN: i32 = 16;
/// A text wider than this goes on in another line.
const WIDEST: usize = 36;
/// A moment's text has so many lines at most; all of it is in the page's list.
const MOST_LINES: usize = 6;

/// Where one run stands.
pub struct Layout {
    /// The lines above: what the program is called, and what there is to say about the run.
    pub title: Vec<String>,
    /// A column for each lane.
    pub columns: Vec<Column>,
    /// A row for each moment.
    pub rows: Vec<Row>,
    /// From the left edge of the run to its right one.
    pub width: i32,
    /// Where the columns' names begin.
    pub heads: i32,
    /// Where the first row begins.
    pub body: i32,
    /// Where the last row ends.
    pub bottom: i32,
}

/// Where a lane stands.
pub struct Column {
    /// Its line.
    pub axis: i32,
    /// What stands above it.
    pub head: Vec<String>,
}

/// Where a moment stands.
pub struct Row {
    /// Its upper edge.
    pub top: i32,
    /// Where its dot is.
    pub middle: i32,
    /// The middle of the first line of its text.
    pub first_line: i32,
    /// Its lower edge.
    pub bottom: i32,
    /// Its text.
    pub text: Vec<String>,
}

impl Layout {
    /// Lays out runs that are to stand side by side: what is the same in the first two is at the same height.
    pub fn of(pictures: &[&Picture]) -> Vec<Layout> {
        let mut layouts: Vec<Layout> = pictures.iter().map(|picture| Layout::horizontal(picture)).collect();
        if let ([first, second], [one, other]) = (pictures, layouts.as_mut_slice()) {
            for (ours, theirs) in one.rows.iter_mut().zip(&mut other.rows).take(first.parting(second)) {
                // What comes later may need room in one of them only.
                let middle = ours.middle.max(theirs.middle);
                let below = (ours.bottom - ours.middle).max(theirs.bottom - theirs.middle);
                for row in [ours, theirs] {
                    row.first_line += middle - row.middle;
                    (row.middle, row.bottom) = (middle, middle + below);
                }
            }
        }
        let title = layouts.iter().map(|layout| layout.title.len()).max().unwrap_or(0);
        let head = layouts.iter().flat_map(|layout| &layout.columns).map(|column| column.head.len()).max().unwrap_or(0);
        for layout in &mut layouts {
            layout.heads = MARGIN + title as i32 * LINE + ROW_GAP;
            layout.body = layout.heads + head as i32 * LINE + ROW_GAP;
            let mut y = layout.body;
            for row in &mut layout.rows {
                let height = row.bottom;
                row.top += y;
                row.middle += y;
                row.first_line += y;
                row.bottom += y;
                y += height;
            }
            layout.bottom = y + ROW_GAP;
        }
        layouts
    }

    fn horizontal(picture: &Picture) -> Layout {
        let rows: Vec<Row> = (0..picture.moments.len()).map(|number| row(picture, number)).collect();
        let mut x = GUTTER;
        let mut columns = Vec::new();
        for (number, lane) in picture.lanes.iter().enumerate() {
            let head = words::wrap(&words::lane(lane), 18, 3);
            let own = rows.iter().zip(&picture.moments).filter(|(_, moment)| moment.lane == number);
            let lines = own.flat_map(|(row, _)| &row.text).map(|line| words::width(line));
            let cells = lines.chain(head.iter().map(|line| words::width(line))).max().unwrap_or(0);
            columns.push(Column { axis: x, head });
            x += BESIDE_AXIS + cells as i32 * CELL + COLUMN_GAP;
        }
        let width = x.max(40 * CELL);
        let subtitle = words::wrap(&words::subtitle(picture), (width / CELL) as usize - 4, 4);
        let mut title = vec![words::printable(&picture.program).into_owned()];
        title.extend(subtitle.into_iter().filter(|line| !line.is_empty()));
        Layout { title, columns, rows, width, heads: 0, body: 0, bottom: 0 }
    }

    /// The run's height, with the margin below.
    pub fn height(&self) -> i32 {
        self.bottom + MARGIN
    }
}

/// A moment's row, with its upper edge at 0. The text stands beside the dot, but above an arrow that leaves it to the right, and
/// below one that comes from there.
fn row(picture: &Picture, number: usize) -> Row {
    let lane = |number: usize| picture.moments[number].lane;
    let leaves = picture.drawn_arrows().any(|arrow| arrow.from == number && lane(arrow.to) > lane(number));
    let comes = picture.drawn_arrows().any(|arrow| arrow.to == number && lane(arrow.from) > lane(number));
    let text = text(picture, number);
    let height = text.len() as i32 * LINE;
    let first_line = ROW_GAP / 2 + LINE / 2;
    let (middle, first_line, bottom) = match (leaves, comes) {
        (true, _) => (height + ROW_GAP / 2, first_line, height + ROW_GAP + 4),
        (false, true) => (first_line, first_line + LINE / 2 + 2, height + ROW_GAP + LINE / 2 + 2),
        (false, false) => (first_line, first_line, height + ROW_GAP),
    };
    Row { top: 0, middle, first_line, bottom, text }
}

fn text(picture: &Picture, number: usize) -> Vec<String> {
    let moment = &picture.moments[number];
    let mut text = words::wrap(&moment.text, WIDEST, MOST_LINES);
    if picture.waits_for_ever(number) {
        text.push(words::for_ever());
    }
    if moment.decides {
        text.push(format!("◆ {}", words::decides()));
    }
    text
}
