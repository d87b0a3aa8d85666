//! Every order of the lines that an exploration has found, and what can be asked about them.

use interleave::explore::{Prepared, TaskId};
use interleave_claims::say;

/// A line, told apart from others by its process and its text.
pub type Line = (usize, String);

/// One order of all lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who takes each step.
    pub steps: Vec<TaskId>,
    /// The lines, each with the number of its process.
    pub lines: Vec<Line>,
    /// Which quests it solves, by number.
    pub solves: Vec<usize>,
    /// What its steps are: whether to begin to wait is one of its own, and each load and store of shared memory.
    pub prepared: Prepared,
    /// No order before it had the same lines in the same order; others differ in who ends when, say.
    pub is_new: bool,
}

/// All orders found so far.
#[derive(Debug, Clone, Default)]
pub struct Atlas {
    orders: Vec<Order>,
    end: Option<End>,
}

/// What an exploration has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End {
    /// Why there may be more orders; `None` if there are no more.
    pub limit: Option<String>,
    /// What it does not cover though there are no more.
    pub but: Vec<String>,
}

/// What is known of whether something is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Possible<T> {
    /// It is, and so.
    Yes(T),
    /// In none of all orders, with these reservations.
    No(Vec<String>),
    /// It was not found so far, for this reason.
    Unknown(String),
}

impl Atlas {
    /// Takes in another order.
    pub fn add(&mut self, order: Order) {
        self.orders.push(order);
    }

    /// There is no more to come.
    pub fn close(&mut self, end: End) {
        self.end = Some(end);
    }

    /// How many orders of lines there are so far.
    pub fn len(&self) -> usize {
        self.left(&[])
    }

    /// Whether there is none so far.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Whether those are all.
    pub fn is_complete(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.limit.is_none())
    }

    /// How many orders of lines begin with these.
    pub fn left(&self, lines: &[Line]) -> usize {
        self.orders.iter().filter(|order| order.is_new && order.lines.starts_with(lines)).count()
    }

    /// Every line of any order, by process, and within a process as it first comes.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for order in &self.orders {
            for line in &order.lines {
                if !lines.contains(line) {
                    lines.push(line.clone());
                }
            }
        }
        lines.sort_by_key(|(process, _)| *process);
        lines
    }

    /// The shortest order in which this is so.
    pub fn find(&self, is_so: impl Fn(&Order) -> bool) -> Possible<&Order> {
        let found = self.orders.iter().filter(|order| is_so(order)).min_by_key(|order| switches(&order.steps));
        match (found, &self.end) {
            (Some(order), _) => Possible::Yes(order),
            (None, Some(End { limit: None, but })) => Possible::No(but.clone()),
            (None, Some(End { limit: Some(limit), .. })) => Possible::Unknown(limit.clone()),
            (None, None) => Possible::Unknown(say!("the search goes on").told()),
        }
    }

    /// Of the orders in which this is so, the one that goes longest with these steps.
    pub fn nearest(&self, steps: &[TaskId], is_so: impl Fn(&Order) -> bool) -> Option<&Order> {
        let alike = |order: &Order| order.steps.iter().zip(steps).take_while(|(one, other)| one == other).count();
        let found = self.orders.iter().filter(|order| is_so(order));
        found.max_by_key(|order| (alike(order), usize::MAX - switches(&order.steps)))
    }
}

impl Order {
    /// Whether the one line comes, and before the other, which comes too.
    pub fn has_before(&self, one: &Line, other: &Line) -> bool {
        let place = |wanted: &Line| self.lines.iter().position(|line| line == wanted);
        matches!((place(one), place(other)), (Some(first), Some(second)) if first < second)
    }
}

/// How often another task goes on than went on before.
fn switches(steps: &[TaskId]) -> usize {
    steps.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(process: usize, text: &str) -> Line {
        (process, text.to_owned())
    }

    fn order(steps: &[TaskId], lines: &[(usize, &str)]) -> Order {
        let lines = lines.iter().map(|&(process, text)| line(process, text)).collect();
        Order { steps: steps.to_vec(), lines, solves: Vec::new(), prepared: Prepared::default(), is_new: true }
    }

    fn atlas() -> Atlas {
        let mut atlas = Atlas::default();
        atlas.add(order(&[0, 1, 0, 1], &[(0, "a"), (1, "b"), (0, "c")]));
        atlas.add(order(&[0, 0, 1, 1], &[(0, "a"), (0, "c"), (1, "b")]));
        atlas
    }

    #[test]
    fn an_order_is_found_or_proved_impossible_or_not_known() {
        let mut atlas = atlas();
        let (a, b, c) = (line(0, "a"), line(1, "b"), line(0, "c"));
        let ask = |atlas: &Atlas, one: &Line, other: &Line| match atlas.find(|order| order.has_before(one, other)) {
            Possible::Yes(order) => format!("{:?}", order.steps),
            Possible::No(but) => format!("no {but:?}"),
            Possible::Unknown(why) => why,
        };
        assert_eq!(ask(&atlas, &b, &c), "[0, 1, 0, 1]");
        assert_eq!(ask(&atlas, &a, &b), "[0, 0, 1, 1]", "the one with fewer switches");
        assert_eq!(ask(&atlas, &c, &a), "the search goes on");
        atlas.close(End { limit: Some("20 runs".to_owned()), but: Vec::new() });
        assert_eq!(ask(&atlas, &c, &a), "20 runs");
        assert!(!atlas.is_complete());
        atlas.close(End { limit: None, but: vec!["threads".to_owned()] });
        assert_eq!(ask(&atlas, &c, &a), "no [\"threads\"]");
        assert!(atlas.is_complete());
        // A line that never comes is before nothing.
        assert_eq!(ask(&atlas, &line(1, "a"), &b), "no [\"threads\"]");
    }

    #[test]
    fn orders_are_counted_by_how_they_begin() {
        let atlas = atlas();
        assert_eq!(atlas.left(&[]), 2);
        let mut again = atlas.clone();
        again.add(Order { is_new: false, ..order(&[0, 1, 1, 0], &[(0, "a"), (1, "b"), (0, "c")]) });
        assert_eq!(again.len(), 2);
        assert_eq!(atlas.left(&[line(0, "a"), line(0, "c")]), 1);
        assert_eq!(atlas.left(&[line(0, "c")]), 0);
        assert_eq!(atlas.lines(), [line(0, "a"), line(0, "c"), line(1, "b")]);
    }

    #[test]
    fn the_nearest_goes_longest_the_same_way() {
        let atlas = atlas();
        assert_eq!(atlas.nearest(&[0, 1], |_| true).unwrap().steps, [0, 1, 0, 1]);
        assert_eq!(atlas.nearest(&[0, 0], |_| true).unwrap().steps, [0, 0, 1, 1]);
        assert_eq!(atlas.nearest(&[], |order| order.steps[1] == 1).unwrap().steps, [0, 1, 0, 1]);
        assert!(atlas.nearest(&[0], |_| false).is_none());
    }
}
