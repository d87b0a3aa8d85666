//! All orders of a program's lines, as a graph that a reader can walk through.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use interleave::explore::{Interleaving, normalise};
use interleave_claims::notes::claims::{Claims, Item, Line, Rule};
use interleave_claims::quests::Quests;
use serde::{Deserialize, Serialize};

/// A figure holds no more orders than this.
const MOST: u64 = 5000;

/// The orders. Each path from the first state to an end is an order that an exploration has found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Orders {
    /// Who takes part.
    pub lanes: Vec<Lane>,
    /// The lines that can be printed.
    pub lines: Vec<Label>,
    /// The states; the first is where the program begins, and each comes before all that it leads to.
    pub states: Vec<State>,
    /// How many orders there are.
    pub orders: u64,
    /// Whether the exploration has found more than are here.
    pub are_cut: bool,
    /// What the claims say is left to chance: both orders are possible.
    pub quests: Vec<Quest>,
    /// What else there is to do. In a right program none of it can be done.
    pub tasks: Vec<Task>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// What schedules call it.
    pub name: String,
    /// What the notes call it.
    pub role: Option<String>,
}

/// A line, printed by a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Which process.
    pub lane: usize,
    /// What it prints.
    pub text: String,
}

/// A state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct State {
    /// Which line may come next, and to which state that leads.
    pub next: Vec<(usize, usize)>,
    /// How the program may end here; nothing where it cannot.
    pub ends: BTreeSet<End>,
    /// Which tasks an order that ends here has solved. (So two orders that differ in this end in two states.)
    pub solves: BTreeSet<usize>,
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct End {
    /// In a word.
    pub how: String,
    /// Who waits for ever, and for what.
    pub waiting: Vec<(usize, String)>,
}

/// A claim that two things may come in either order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quest {
    /// The claim's words.
    pub says: String,
    /// The two, as the notes write them.
    pub items: [String; 2],
    /// The lines that are each of the two.
    pub lines: [Vec<usize>; 2],
}

/// Something to bring about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The words of the claim that is to be broken; `None`: all who are left are to wait for ever.
    pub breaks: Option<String>,
    /// Whether one of the orders does it.
    pub is_solved: bool,
}

/// Takes in one interleaving after the other.
pub struct Collector<'a> {
    claims: &'a Claims,
    /// Those of the lesson's other programs.
    neighbours: Vec<&'a Claims>,
    /// Which neighbours give tasks is known when a run is.
    tasks: Option<Quests>,
    are_cut: bool,
    lanes: Vec<Lane>,
    labels: HashMap<(usize, String), usize>,
    lines: Vec<Label>,
    quests: Vec<(Quest, [&'a Line; 2])>,
    /// The orders as a tree; the root is its first node.
    tree: Vec<Node>,
    orders: u64,
}

#[derive(Default)]
struct Node {
    next: BTreeMap<usize, usize>,
    ends: BTreeSet<End>,
    solves: BTreeSet<usize>,
}

impl<'a> Collector<'a> {
    /// No orders yet of the program that `claims` are of, among others of its lesson.
    pub fn new(claims: &'a Claims, neighbours: Vec<&'a Claims>) -> Collector<'a> {
        let quests = claims.claims.iter().filter_map(|claim| match &claim.rule {
            Rule::Either(Item::Line(one), Item::Line(other)) => {
                let items = [one.text.clone(), other.text.clone()];
                let quest = Quest { says: claim.says.clone(), items, lines: [Vec::new(), Vec::new()] };
                Some((quest, [one, other]))
            }
            _ => None,
        });
        Collector {
            claims,
            neighbours,
            tasks: None,
            are_cut: false,
            lanes: Vec::new(),
            labels: HashMap::new(),
            lines: Vec::new(),
            quests: quests.collect(),
            tree: vec![Node::default()],
            orders: 0,
        }
    }

    /// Adds an order. One that is there already changes nothing, and neither does one more than a figure holds.
    pub fn add(&mut self, interleaving: &Interleaving) {
        if self.orders >= MOST {
            self.are_cut |= interleaving.is_new;
            return;
        }
        self.know_lanes(interleaving);
        let lane_of = |pid| interleaving.processes.iter().rposition(|&process| process == pid);
        let mut node = 0;
        for event in &interleaving.trace.events {
            let (Some(raw), Some(lane)) = (event.printed(), lane_of(event.pid)) else { continue };
            let label = self.label(lane, raw, &normalise(raw, &interleaving.tasks));
            let fresh = self.tree.len();
            node = *self.tree[node].next.entry(label).or_insert(fresh);
            if node == fresh {
                self.tree.push(Node::default());
            }
        }
        let waiting =
            interleaving.deadlock.iter().filter_map(|waiting| Some((lane_of(waiting.pid)?, waiting.what.to_string())));
        let end = End { how: interleaving.trace.ending().to_string(), waiting: waiting.collect() };
        let tasks =
            self.tasks.get_or_insert_with(|| Quests::of(Some(self.claims), &self.neighbours, &interleaving.trace));
        let is_new = self.tree[node].ends.is_empty();
        self.tree[node].ends.insert(end);
        self.tree[node].solves.extend(tasks.solved_by(interleaving));
        self.orders += u64::from(is_new);
    }

    fn know_lanes(&mut self, interleaving: &Interleaving) {
        for pid in &interleaving.processes[self.lanes.len().min(interleaving.processes.len())..] {
            self.lanes.push(Lane { name: interleaving.name(*pid), role: None });
        }
        if self.lanes.iter().any(|lane| lane.role.is_none()) {
            for (pid, role) in self.claims.roles_of(&interleaving.processes, &interleaving.trace) {
                let lane = interleaving.processes.iter().rposition(|&process| process == pid);
                if let Some(lane) = lane {
                    self.lanes[lane].role.get_or_insert_with(|| self.claims.roles[role].name.clone());
                }
            }
        }
    }

    fn label(&mut self, lane: usize, raw: &str, text: &str) -> usize {
        if let Some(&known) = self.labels.get(&(lane, text.to_owned())) {
            return known;
        }
        let label = self.lines.len();
        self.lines.push(Label { lane, text: text.to_owned() });
        self.labels.insert((lane, text.to_owned()), label);
        if let Some((role, line, bindings)) = self.claims.recognise(raw) {
            for (quest, items) in &mut self.quests {
                for (side, item) in items.iter().enumerate() {
                    let fits = item.fixed.iter().all(|(name, value)| bindings.get(name) == Some(value));
                    if item.role == role && item.line == line && fits {
                        quest.lines[side].push(label);
                    }
                }
            }
        }
        label
    }

    /// The graph; `None` if there are no orders.
    pub fn finish(self) -> Option<Orders> {
        let quests = self.tasks?;
        // Of all quests, those that are no freedoms.
        let numbers: Vec<usize> = (0..quests.all().len())
            .filter(|&quest| quests.breaks(quest).is_some() || quests.is_deadlock(quest))
            .collect();
        let is_solved = |quest| self.tree.iter().any(|node| node.solves.contains(&quest));
        let task =
            |&quest: &usize| Task { breaks: quests.breaks(quest).map(str::to_owned), is_solved: is_solved(quest) };
        let tasks = numbers.iter().map(task).collect();
        // From the leaves upwards: a node's children have higher numbers than it has.
        let mut known: HashMap<State, usize> = HashMap::new();
        let mut of_node = vec![0; self.tree.len()];
        let mut states: Vec<State> = Vec::new();
        for (number, node) in self.tree.iter().enumerate().rev() {
            let next = node.next.iter().map(|(&label, &child)| (label, of_node[child])).collect();
            let solves = node.solves.iter().filter_map(|quest| numbers.iter().position(|number| number == quest));
            let state = State { next, ends: node.ends.clone(), solves: solves.collect() };
            of_node[number] = *known.entry(state.clone()).or_insert_with(|| {
                states.push(state);
                states.len() - 1
            });
        }
        // The root came last and is to come first.
        let last = states.len() - 1;
        states.reverse();
        states.iter_mut().flat_map(|state| &mut state.next).for_each(|(_, to)| *to = last - *to);
        let quests = self.quests.into_iter().map(|(quest, _)| quest);
        let quests = quests.filter(|quest| quest.lines.iter().all(|lines| !lines.is_empty())).collect();
        let Collector { lanes, lines, orders, are_cut, .. } = self;
        Some(Orders { lanes, lines, states, orders, are_cut, quests, tasks })
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::time::Duration;

    use interleave::explore::{Job, explore};
    use interleave_claims::notes::{markdown, read};

    use super::*;

    const NOTES: &str = r#"
```toml claims
[program]
run = "sh"

[lines]
parent = ["a"]
child = ["b", "c{n}"]

[values]
n = [1, 2]

[[claim]]
says = "a and b"
either = ["a", "b"]

[[claim]]
says = "a and c"
either = ["a", "c1"]

[[claim]]
says = "nobody says c2"
either = ["a", "c2"]
```
"#;

    #[test]
    fn orders_become_a_graph_with_quests() {
        let claims = read::read("notes".as_ref(), &markdown::fences(NOTES)).unwrap().remove(0);
        let script = "{ echo b; echo c1; } & echo a; wait";
        let mut job = Job::new("p", ["sh", "-c", script].map(Into::into).to_vec());
        job.time = Duration::from_secs(100);
        let mut collector = Collector::new(&claims, Vec::new());
        let done = explore(&job, |interleaving| {
            collector.add(&interleaving);
            ControlFlow::Continue(())
        });
        let statistics = match done {
            Err(interleave::explore::Error::Refused(why)) => {
                eprintln!("orders cannot be explored here: {why}");
                return;
            }
            other => other.unwrap(),
        };
        let orders = collector.finish().unwrap();
        assert!(statistics.complete);
        assert_eq!(orders.orders, 3, "a has three places beside b and c1");
        // A line for each lane; states: nothing, a, b, ab, bc, all.
        assert_eq!(orders.states.len(), 6);
        let mut texts: Vec<&str> = orders.lines.iter().map(|line| line.text.as_str()).collect();
        texts.sort_unstable();
        assert_eq!(texts, ["a", "b", "c1"]);
        let roles: Vec<&str> = orders.lanes.iter().filter_map(|lane| lane.role.as_deref()).collect();
        assert_eq!(roles, ["parent", "child"]);
        assert_eq!(orders.states.iter().filter(|state| !state.ends.is_empty()).count(), 1);
        for (number, state) in orders.states.iter().enumerate() {
            assert!(state.next.iter().all(|&(_, to)| to > number), "a state comes before all that it leads to");
        }
        // Of what never comes nobody is asked to make it come first.
        assert_eq!(orders.quests.iter().map(|quest| quest.says.as_str()).collect::<Vec<_>>(), ["a and b", "a and c"]);
        let text = |line: &usize| orders.lines[*line].text.as_str();
        assert_eq!(
            orders.quests[1].lines.each_ref().map(|lines| lines.iter().map(text).collect::<Vec<_>>()),
            [["a"], ["c1"]]
        );
    }
}
