//! All orders of a program as one graph: its states, and who may go next in each.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use crate::picture::{Kind, Lane, Picture};

/// More orders than this make no picture.
const MOST_ORDERS: usize = 5000;
/// More states than this make none either.
const MOST_STATES: usize = 1500;

/// The orders of a program. Each path from the first state to a last one is an order that was added, and there are no others.
///
/// Two states are one if each process has done the same in both, and if the same can follow.
#[derive(Debug, Clone)]
pub struct Lattice {
    pub(crate) program: String,
    pub(crate) lanes: Vec<Lane>,
    /// All orders as a tree; the root is its first node.
    tree: Vec<Node>,
    orders: usize,
    pub(crate) notes: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// What may happen next, and where that leads.
    next: BTreeMap<Label, usize>,
    /// How orders end here, and whether somebody waits for ever then.
    ends: BTreeMap<String, bool>,
}

/// What happens from one state to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Label {
    pub lane: usize,
    pub kind: Kind,
    pub text: String,
}

/// The states of a [`Lattice`], each after all that can come before it.
pub(crate) struct States {
    pub states: Vec<State>,
}

/// A state.
pub(crate) struct State {
    /// How many steps it is from the first.
    pub depth: usize,
    /// What may happen next, and to which state that leads.
    pub next: Vec<(Label, usize)>,
    /// How the program may end here, and whether somebody waits for ever then.
    pub ends: BTreeMap<String, bool>,
    /// How many orders go on from here.
    pub orders: u64,
}

/// Why there is no picture of a [`Lattice`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLarge {
    program: String,
    orders: usize,
    states: Option<usize>,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooLarge { program, orders, states } = self;
        let program = crate::words::printable(program);
        match states {
            None => write!(f, "{program} has more than {MOST_ORDERS} orders")?,
            Some(states) => write!(f, "the {orders} orders of {program} have {states} states")?,
        }
        write!(
            f,
            ", and a graph of more than {MOST_ORDERS} orders or {MOST_STATES} states could not be read; follow each process for fewer lines (--lines), or draw single runs"
        )
    }
}

impl std::error::Error for TooLarge {}

impl Lattice {
    /// No orders yet.
    pub fn new() -> Lattice {
        Lattice { program: String::new(), lanes: Vec::new(), tree: vec![Node::default()], orders: 0, notes: Vec::new() }
    }

    /// Adds an order: what is seen from outside of this run, and how it ends. One that is there already
    /// changes nothing; of more than can be drawn nothing is kept but that they are too many.
    pub fn add(&mut self, picture: &Picture) {
        if self.orders > MOST_ORDERS {
            return;
        }
        self.program.clone_from(&picture.program);
        if picture.lanes.len() > self.lanes.len() {
            self.lanes.clone_from(&picture.lanes);
        }
        let mut node = 0;
        for moment in picture.moments.iter().filter(|moment| moment.kind.is_seen()) {
            let label = Label { lane: moment.lane, kind: moment.kind, text: moment.text.clone() };
            let fresh = self.tree.len();
            node = *self.tree[node].next.entry(label).or_insert(fresh);
            if node == fresh {
                self.tree.push(Node::default());
            }
        }
        let hangs = (0..picture.moments.len()).any(|number| picture.waits_for_ever(number));
        let is_new = self.tree[node].ends.insert(picture.ending.clone(), hangs).is_none();
        self.orders += usize::from(is_new);
    }

    /// Adds what is to be said beside the number of orders, for example that they are not all.
    pub fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// How many orders there are.
    pub fn orders(&self) -> usize {
        self.orders
    }

    /// The states, merged where they are the same.
    ///
    /// # Errors
    /// If there are too many for a picture.
    pub(crate) fn states(&self) -> Result<States, TooLarge> {
        let too_large = |states| TooLarge { program: self.program.clone(), orders: self.orders, states };
        if self.orders > MOST_ORDERS {
            return Err(too_large(None));
        }
        let pasts = self.pasts();
        // From the leaves upwards: a node's children have higher numbers than it has.
        type Key = (usize, BTreeMap<String, bool>, Vec<(Label, usize)>);
        let mut known: HashMap<Key, usize> = HashMap::new();
        let mut of_node = vec![0; self.tree.len()];
        let mut states: Vec<State> = Vec::new();
        for node in (0..self.tree.len()).rev() {
            let next: Vec<(Label, usize)> =
                self.tree[node].next.iter().map(|(label, &child)| (label.clone(), of_node[child])).collect();
            let key = (pasts[node].1, self.tree[node].ends.clone(), next);
            of_node[node] = *known.entry(key).or_insert_with_key(|(_, ends, next)| {
                let orders = ends.len() as u64 + next.iter().map(|(_, to)| states[*to].orders).sum::<u64>();
                states.push(State { depth: pasts[node].0, next: next.clone(), ends: ends.clone(), orders });
                states.len() - 1
            });
        }
        if states.len() > MOST_STATES {
            return Err(too_large(Some(states.len())));
        }
        // The root came last and is to come first.
        let last = states.len() - 1;
        states.reverse();
        states.iter_mut().flat_map(|state| &mut state.next).for_each(|(_, to)| *to = last - *to);
        Ok(States { states })
    }

    /// For each node of the tree how deep it is, and a number for what each process has done before it.
    fn pasts(&self) -> Vec<(usize, usize)> {
        // Each process's own past is a number too, so that a whole past is a short list of numbers.
        let mut own: HashMap<(usize, Label), usize> = HashMap::new();
        let mut whole: HashMap<Vec<usize>, usize> = HashMap::new();
        let mut lists: Vec<Vec<usize>> = vec![Vec::new(); self.tree.len()];
        let mut pasts = vec![(0, 0); self.tree.len()];
        whole.insert(Vec::new(), 0);
        for node in 0..self.tree.len() {
            for (label, &child) in &self.tree[node].next {
                let mut list = lists[node].clone();
                if list.len() <= label.lane {
                    list.resize(label.lane + 1, 0);
                }
                let fresh = own.len() + 1;
                list[label.lane] = *own.entry((list[label.lane], label.clone())).or_insert(fresh);
                let fresh = whole.len();
                pasts[child] = (pasts[node].0 + 1, *whole.entry(list.clone()).or_insert(fresh));
                lists[child] = list;
            }
            lists[node] = Vec::new();
        }
        pasts
    }
}

impl Default for Lattice {
    fn default() -> Lattice {
        Lattice::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(lines: &str) -> Picture {
        let mut picture = Picture::new("p");
        for name in ["a", "b", "c"] {
            picture.lane(name, None);
        }
        for line in lines.chars() {
            picture.moment(line as usize - 'a' as usize, Kind::Line, &line.to_string());
        }
        picture
    }

    fn lattice(orders: &[&str]) -> Lattice {
        let mut lattice = Lattice::new();
        orders.iter().for_each(|lines| lattice.add(&order(lines)));
        lattice
    }

    #[test]
    fn three_who_print_once_each_are_a_cube() {
        let lattice = lattice(&["abc", "acb", "bac", "bca", "cab", "cba", "cba"]);
        let states = lattice.states().unwrap().states;
        assert_eq!(lattice.orders(), 6);
        assert_eq!(states.len(), 8);
        assert_eq!(states.iter().map(|state| state.next.len()).sum::<usize>(), 12);
        assert_eq!((states[0].depth, states[0].orders), (0, 6));
        assert!(states.iter().all(|state| state.next.iter().all(|(_, to)| states[*to].depth == state.depth + 1)));
    }

    #[test]
    fn what_can_follow_keeps_states_apart() {
        // After a and b in one order only c may come, in the other only a.
        let lattice = lattice(&["abc", "baa"]);
        let states = lattice.states().unwrap().states;
        assert_eq!(states[0].orders, 2);
        assert_eq!(states.len(), 7);
    }

    #[test]
    fn an_order_may_end_where_another_goes_on() {
        let lattice = lattice(&["ab", "a", "ab"]);
        let states = lattice.states().unwrap().states;
        assert_eq!((lattice.orders(), states[0].orders), (2, 2));
        assert_eq!(states.iter().map(|state| state.ends.len()).collect::<Vec<_>>(), [0, 1, 1]);
    }

    #[test]
    fn a_deadlock_is_an_end_of_its_own() {
        let mut hangs = order("ab");
        hangs.moment(0, Kind::Wait, "waits for c");
        hangs.ending = "deadlock".to_owned();
        let mut lattice = lattice(&["ab"]);
        lattice.add(&hangs);
        let states = lattice.states().unwrap().states;
        assert_eq!((lattice.orders(), states.len()), (2, 3));
        let ends = BTreeMap::from([(String::new(), false), ("deadlock".to_owned(), true)]);
        assert_eq!(states[2].ends, ends);
    }

    #[test]
    fn too_many_orders_are_refused_in_words() {
        let mut lattice = Lattice::new();
        for number in 0..=MOST_ORDERS {
            let mut picture = Picture::new("many");
            picture.lane("a", None);
            picture.moment(0, Kind::Line, &number.to_string());
            lattice.add(&picture);
        }
        let refusal = lattice.states().err().unwrap().to_string();
        assert!(refusal.starts_with("many has more than 5000 orders, "), "{refusal}");
    }
}
