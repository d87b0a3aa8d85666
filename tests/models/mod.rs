//! Small models of the programs, written from what the programs do and not from their claims: every order in which the
//! lines of a program can come out.

use std::collections::{BTreeMap, BTreeSet};

/// A line and its speaker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The process, counted in the order in which they speak.
    pub who: usize,
    /// The line; `{pid}` stands for the id of the process that says it, and `{tid}` for that of a thread of it.
    pub text: String,
}

/// A model of a program.
pub enum Model {
    /// These orders, and no others.
    Finite(BTreeSet<Vec<Said>>),
    /// One process after another says its first line; each then repeats its last line for ever.
    Endless(&'static [&'static [&'static str]]),
    /// Two workers, five tasks; the parent may tell of the failure of task 2.
    Pool {
        /// What the parent says of it.
        failure: Option<&'static str>,
    },
}

const QUEUE: [(char, &str); 8] = [
    ('w', "Process to write: {pid}"),
    ('w', "Put A to queue..."),
    ('w', "Put B to queue..."),
    ('w', "Put C to queue..."),
    ('r', "Process to read: {pid}"),
    ('r', "Get A from queue."),
    ('r', "Get B from queue."),
    ('r', "Get C from queue."),
];
/// Of the lines of [`QUEUE`], those that a value ties together.
const MESSAGES: [(usize, usize); 3] = [(1, 5), (2, 6), (3, 7)];

/// The model of the program of that name.
pub fn of(program: &str) -> Option<Model> {
    Some(match program {
        "single_task_demo" => Model::Endless(&[&["bye"]]),
        "spawn_demo" => Model::Endless(&[&["主(父)进程启动---{pid}", "bye"], &["hello---{pid}"]]),
        "ordering_demo" => finite(
            &[('p', "父进程启动"), ('p', "父进程结束"), ('c', "子进程启动"), ('c', "子进程结束")],
            &[(0, 2)], // the fork
        ),
        "ordering_join_demo" => finite(
            &[('p', "父进程启动"), ('p', "父进程结束"), ('c', "子进程启动"), ('c', "子进程结束")],
            &[(0, 2), (3, 1)], // the fork and the join
        ),
        "isolation_demo" => finite(
            &[('p', "父进程开始"), ('p', "父进程结束--100"), ('c', "子进程开始"), ('c', "子进程结束--101")],
            &[(0, 2), (3, 1)],
        ),
        "isolation_second_child_demo" => finite(
            &[
                ('p', "父进程开始"),
                ('p', "父进程结束--100"),
                ('c', "子进程开始"),
                ('c', "子进程结束--101"),
                ('d', "子进程开始"),
                ('d', "子进程结束--101"),
            ],
            &[(0, 2), (3, 4), (5, 1)],
        ),
        "queue_demo" | "queue_disconnect_demo" | "queue_shared_demo" => finite(&QUEUE, &MESSAGES),
        "pipe_demo" | "pipe_spare_end_demo" => {
            let lines =
                QUEUE.map(|(who, line)| (who, line.replace("to queue", "to pipe").replace("from queue", "from pipe")));
            finite(&lines.each_ref().map(|(who, line)| (*who, line.as_str())), &MESSAGES)
        }
        "pipe_nobody_reads_demo" => finite(
            &[('w', "Process to write: {pid}"), ('w', "Put A to pipe..."), ('w', "Cannot put A: BrokenPipe")],
            &[],
        ),
        "thread_demo" => finite(
            &[
                ('m', "主线程开始--{pid}--{pid}"),
                ('m', "子线程开始--{pid}--{tid}--100"),
                ('m', "子线程结束--101"),
                ('m', "主线程结束--101"),
            ],
            &[],
        ),
        "thread_second_demo" => finite(
            &[
                ('m', "主线程开始--{pid}--{pid}"),
                ('m', "子线程开始--{pid}--{tid}--100"),
                ('m', "子线程结束--101"),
                ('m', "子线程开始--{pid}--{tid}--101"),
                ('m', "子线程结束--102"),
                ('m', "主线程结束--102"),
            ],
            &[],
        ),
        "thread_crash_demo" => finite(&[('m', "主线程开始--{pid}--{pid}"), ('m', "子线程开始--{pid}--{tid}")], &[]),
        "coroutine_demo" => coroutines([("A", 1), ("B", 1), ("A", 2), ("B", 2), ("A", 3), ("B", 3)]),
        "coroutine_selfish_demo" => coroutines([("A", 1), ("A", 2), ("A", 3), ("B", 1), ("B", 2), ("B", 3)]),
        "hybrid_demo" => any_of([[1, 2], [2, 1]].into_iter().flat_map(|first| {
            [[1, 2], [2, 1]].map(|second| {
                let [a, b] = first.map(|t| format!("子进程1线程{t}--{{pid}}--{{tid}}"));
                let [c, d] = second.map(|t| format!("子进程2线程{t}--{{pid}}--{{tid}}"));
                let one = [('a', a.as_str()), ('a', &b), ('a', "子进程1结束--102")];
                let two = [('b', c.as_str()), ('b', &d), ('b', "子进程2结束--102")];
                let parent = [('p', "父进程启动"), ('p', "父进程结束--100")];
                of_partial_order(&[&parent[..], &one, &two].concat(), &[(0, 2), (0, 5), (4, 1), (7, 1)])
            })
        })),
        "hybrid_crash_demo" => any_of([&[1][..], &[1, 2], &[2, 1]].into_iter().flat_map(|first| {
            [[1, 2], [2, 1]].map(|second| {
                let one: Vec<String> = first.iter().map(|t| format!("子进程1线程{t}--{{pid}}--{{tid}}")).collect();
                let [c, d] = second.map(|t| format!("子进程2线程{t}--{{pid}}--{{tid}}"));
                let parent = [('p', "父进程启动"), ('p', "父进程得知子进程1崩溃"), ('p', "父进程结束--100")];
                let two = [('b', c.as_str()), ('b', &d), ('b', "子进程2结束--102")];
                let one: Vec<(char, &str)> = one.iter().map(|line| ('a', line.as_str())).collect();
                let last = 5 + one.len();
                of_partial_order(&[&parent[..], &two, &one].concat(), &[(0, 3), (0, 6), (5, 2), (last, 1)])
            })
        })),
        "pool_demo" => Model::Pool { failure: None },
        "pool_error_demo" => Model::Pool { failure: Some("父进程得知子进程2失败") },
        _ => return None,
    })
}

impl Model {
    /// Whether the program can say this.
    pub fn allows(&self, said: &[Said]) -> bool {
        match self {
            Model::Finite(orders) => orders.contains(said),
            Model::Endless(processes) => endless_allows(processes, said),
            Model::Pool { failure } => {
                let mut pool = Pool::new(*failure);
                said.iter().all(|said| pool.hear(said)) && pool.is_over()
            }
        }
    }

    /// The orders that are possible; of an endless program, those in which each line that repeats comes three times, and of
    /// a pool, those in which the tasks start in turn, but for the first two.
    pub fn orders(&self) -> Vec<Vec<Said>> {
        match self {
            Model::Finite(orders) => orders.iter().cloned().collect(),
            Model::Endless(processes) => {
                let lines: Vec<(char, &str)> = ('a'..)
                    .zip(*processes)
                    .flat_map(|(name, lines)| {
                        let repeated = [*lines.last().unwrap(); 2];
                        lines.iter().copied().chain(repeated).map(move |line| (name, line))
                    })
                    .collect();
                let first_of_second = processes[0].len() + 2;
                let fork: &[(usize, usize)] = if processes.len() > 1 { &[(0, first_of_second)] } else { &[] };
                of_partial_order(&lines, fork).into_iter().collect()
            }
            Model::Pool { failure } => {
                let mut orders = Vec::new();
                for first_two in [[0, 1], [1, 0]] {
                    let tasks = [first_two[0], first_two[1], 2, 3, 4];
                    pool_orders(&tasks, Pool::new(*failure), &mut Vec::new(), &mut orders);
                }
                orders
            }
        }
    }
}

/// Two coroutines that take these steps in this order, in the main thread.
fn coroutines(steps: [(&str, u32); 6]) -> Model {
    let steps = steps.map(|(name, step)| format!("协程{name}第{step}步--{{pid}}--{{pid}}"));
    let lines = ["主线程启动--{pid}--{pid}"].into_iter().chain(steps.iter().map(String::as_str)).chain(["主线程结束"]);
    finite(&lines.map(|line| ('m', line)).collect::<Vec<_>>(), &[])
}

fn any_of(orders: impl Iterator<Item = BTreeSet<Vec<Said>>>) -> Model {
    Model::Finite(orders.flatten().collect())
}

fn finite(lines: &[(char, &str)], waits: &[(usize, usize)]) -> Model {
    Model::Finite(of_partial_order(lines, waits))
}

/// Every order of these lines in which each process says its own from top to bottom, and of each pair in `waits` the
/// second comes after the first.
fn of_partial_order(lines: &[(char, &str)], waits: &[(usize, usize)]) -> BTreeSet<Vec<Said>> {
    fn extend(
        lines: &[(char, &str)],
        waits: &[(usize, usize)],
        so_far: &mut Vec<usize>,
        orders: &mut BTreeSet<Vec<Said>>,
    ) {
        if so_far.len() == lines.len() {
            orders.insert(in_order(lines, so_far));
        }
        for next in 0..lines.len() {
            let is_missing = |line: &usize| !so_far.contains(line);
            let waits_for_own = (0..next).any(|own| lines[own].0 == lines[next].0 && is_missing(&own));
            let waits_for_other = waits.iter().any(|(first, second)| *second == next && is_missing(first));
            if is_missing(&next) && !waits_for_own && !waits_for_other {
                so_far.push(next);
                extend(lines, waits, so_far, orders);
                so_far.pop();
            }
        }
    }
    let mut orders = BTreeSet::new();
    extend(lines, waits, &mut Vec::new(), &mut orders);
    orders
}

fn in_order(lines: &[(char, &str)], order: &[usize]) -> Vec<Said> {
    let mut seen: Vec<char> = Vec::new();
    order
        .iter()
        .map(|&line| {
            let (name, text) = lines[line];
            let who = seen.iter().position(|other| *other == name).unwrap_or_else(|| {
                seen.push(name);
                seen.len() - 1
            });
            Said { who, text: text.to_string() }
        })
        .collect()
}

fn endless_allows(processes: &[&[&str]], said: &[Said]) -> bool {
    let mut heard = vec![0; processes.len()];
    for Said { who, text } in said {
        let Some(lines) = processes.get(*who) else { return false };
        if lines[heard[*who].min(lines.len() - 1)] != text {
            return false;
        }
        heard[*who] += 1;
    }
    // Whoever watches an endless program waits until each line that repeats has come three times.
    heard.iter().zip(processes).all(|(heard, lines)| *heard >= lines.len() + 2)
}

/// What two workers and their parent have said so far, and so what they can say next.
#[derive(Clone)]
struct Pool {
    failure: Option<&'static str>,
    parent: Parent,
    in_hand: BTreeMap<usize, u32>,
    workers: BTreeSet<usize>,
    started: BTreeSet<u32>,
    ended: BTreeSet<u32>,
}

#[derive(Clone, Copy, PartialEq)]
enum Parent {
    NotStarted,
    Started,
    ToldOfFailure,
    Ended,
}

const PARENT: usize = 0;

impl Pool {
    fn new(failure: Option<&'static str>) -> Pool {
        let (in_hand, workers) = (BTreeMap::new(), BTreeSet::new());
        let (started, ended) = (BTreeSet::new(), BTreeSet::new());
        Pool { failure, parent: Parent::NotStarted, in_hand, workers, started, ended }
    }

    fn is_over(&self) -> bool {
        self.parent == Parent::Ended
    }

    /// Whether this can be said now.
    fn hear(&mut self, Said { who, text }: &Said) -> bool {
        if *who == PARENT { self.hear_parent(text) } else { self.hear_worker(*who, text).is_some() }
    }

    fn hear_parent(&mut self, text: &str) -> bool {
        let all_ended = self.ended.len() == 5;
        let told = if self.failure.is_some() { Parent::ToldOfFailure } else { Parent::Started };
        self.parent = match self.parent {
            Parent::NotStarted if text == "父进程启动" => Parent::Started,
            // It asks for the results in turn, so for those of tasks 0 and 1 before.
            Parent::Started if Some(text) == self.failure && (0..3).all(|task| self.ended.contains(&task)) => {
                Parent::ToldOfFailure
            }
            parent if parent == told && all_ended && text == "父进程结束" => Parent::Ended,
            _ => return false,
        };
        true
    }

    fn hear_worker(&mut self, who: usize, text: &str) -> Option<()> {
        self.workers.insert(who);
        let possible = self.parent != Parent::NotStarted && self.parent != Parent::Ended && self.workers.len() <= 2;
        let rest = text.strip_prefix("子进程").filter(|_| possible)?;
        let task: u32 = rest.get(..1)?.parse().ok().filter(|task| *task < 5)?;
        match rest.get(1..)? {
            "启动--{pid}" => (self.started.insert(task) && self.in_hand.insert(who, task).is_none()).then_some(()),
            ended => {
                let seconds = ended.strip_prefix("结束--{pid}--耗时")?;
                let sleeps_for_a_second = seconds.len() == 4 && !seconds.starts_with('0');
                (self.in_hand.remove(&who) == Some(task) && self.ended.insert(task) && sleeps_for_a_second)
                    .then_some(())
            }
        }
    }
}

fn pool_orders(tasks: &[u32], pool: Pool, so_far: &mut Vec<Said>, orders: &mut Vec<Vec<Said>>) {
    if pool.is_over() {
        orders.push(so_far.clone());
    }
    let next_task = tasks.get(pool.started.len()).map(|task| format!("子进程{task}启动--{{pid}}"));
    let by_parent = ["父进程启动", "父进程结束"].into_iter().chain(pool.failure).map(|text| (PARENT, text.to_string()));
    let speaking = pool.workers.len();
    // A worker that has not spoken yet is the next to be counted.
    let by_workers = (1..=speaking.min(1) + 1).flat_map(|who| {
        let end = pool.in_hand.get(&who).map(|task| format!("子进程{task}结束--{{pid}}--耗时1.00"));
        next_task.clone().into_iter().chain(end).map(move |text| (who, text))
    });
    for (who, text) in by_parent.chain(by_workers) {
        let said = Said { who, text };
        let mut then = pool.clone();
        if then.hear(&said) {
            so_far.push(said);
            pool_orders(tasks, then, so_far, orders);
            so_far.pop();
        }
    }
}
