//! Small models of the programs, written from what the programs do and not from their claims: every order in which the
//! lines of a program can come out.

use std::collections::BTreeSet;

use interleave::trace::{Pid, Trace, What};

/// A line and its speaker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The process, counted in the order in which they speak; or, of a pool's workers, the first or the second one.
    pub who: usize,
    /// The line; `{pid}` stands for the id of the process that says it, and `{tid}` for that of a thread of it.
    pub text: String,
}

/// What was said, without the numbers that differ from run to run: processes are counted in the order in which they
/// speak, and `{pid}` stands for the speaker's own id.
pub fn said(trace: &Trace) -> Vec<Said> {
    let mut seen: Vec<Pid> = Vec::new();
    let lines = trace.events.iter().filter_map(|event| match &event.what {
        What::Line(text) => Some((event.pid, text)),
        _ => None,
    });
    lines
        .map(|(pid, text)| {
            let who = seen.iter().position(|other| *other == pid).unwrap_or_else(|| {
                seen.push(pid);
                seen.len() - 1
            });
            Said { who, text: without_tid(&with_own_pid(text, pid)) }
        })
        .collect()
}

/// Replaces the number `pid` in the text, wherever it stands as a whole behind what lessons write before one, by `{pid}`.
/// In a world of its own a program's numbers are so low that others look like them.
fn with_own_pid(text: &str, pid: Pid) -> String {
    let pid = pid.to_string();
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_whole =
        |at: usize| !is_digit(text[..at].chars().next_back()) && !is_digit(text[at + pid.len()..].chars().next());
    let mut replaced = text.to_string();
    let is_announced = |at: usize| text[..at].ends_with("--") || text[..at].ends_with(": ");
    for (at, _) in text.rmatch_indices(&pid).filter(|(at, _)| is_whole(*at) && is_announced(*at)) {
        replaced.replace_range(at..at + pid.len(), "{pid}");
    }
    replaced
}

/// Replaces the id of a thread, a number that follows the process's, by `{tid}`.
fn without_tid(text: &str) -> String {
    let Some((before, after)) = text.split_once("{pid}--") else { return text.to_string() };
    let (tid, rest) = after.split_once("--").map_or((after, String::new()), |(tid, rest)| (tid, format!("--{rest}")));
    let is_number = tid.parse::<Pid>().is_ok_and(|number| number.to_string() == tid);
    if is_number { format!("{before}{{pid}}--{{tid}}{rest}") } else { text.to_string() }
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
        "pipe_demo" | "pipe_spare_end_demo" | "pipe_connection_demo" => {
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
            Model::Pool { failure } => Pool::after(said, *failure).iter().any(Pool::is_over),
        }
    }

    /// The orders that are possible; of an endless program, those in which each process says as many lines as the one
    /// that has most to say until its last has come three times.
    pub fn orders(&self) -> Vec<Vec<Said>> {
        match self {
            Model::Finite(orders) => orders.iter().cloned().collect(),
            Model::Endless(processes) => {
                let each = processes.iter().map(|lines| lines.len() + 2).max().unwrap_or(0);
                let lines: Vec<(char, &str)> = ('a'..)
                    .zip(*processes)
                    .flat_map(|(name, lines)| {
                        let forever = lines.iter().chain(std::iter::repeat(&lines[lines.len() - 1]));
                        forever.take(each).map(move |line| (name, *line))
                    })
                    .collect();
                let fork: &[(usize, usize)] = if processes.len() > 1 { &[(0, each)] } else { &[] };
                of_partial_order(&lines, fork).into_iter().collect()
            }
            Model::Pool { failure } => {
                let mut orders = Vec::new();
                pool_orders(&Pool::after(&[], *failure), &mut Vec::new(), &mut orders);
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

/// Two workers and their parent: who has come how far. Nobody sees a worker take a task; only what it says then.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Pool {
    failure: Option<&'static str>,
    parent: Parent,
    workers: [Worker; 2],
    /// How many tasks are taken: the first ones, for they are taken in turn.
    taken: u32,
    ended: BTreeSet<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Parent {
    NotStarted,
    Started,
    ToldOfFailure,
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worker {
    Free,
    HasTaken(u32),
    HasStarted(u32),
}

const PARENT: usize = 0;
const TASKS: u32 = 5;

impl Pool {
    fn new(failure: Option<&'static str>) -> Pool {
        let workers = [Worker::Free; 2];
        Pool { failure, parent: Parent::NotStarted, workers, taken: 0, ended: BTreeSet::new() }
    }

    /// How far they may all have come when this was said.
    fn after(said: &[Said], failure: Option<&'static str>) -> BTreeSet<Pool> {
        let start = BTreeSet::from([Pool::new(failure)]);
        said.iter().fold(start, |pools, said| pools.iter().flat_map(|pool| pool.then(said)).collect())
    }

    fn is_over(&self) -> bool {
        self.parent == Parent::Ended
    }

    /// How far they may have come when this is said next, for which a worker may have taken a task, or both one.
    fn then(&self, said: &Said) -> Vec<Pool> {
        let mut pools = vec![self.clone()];
        for takers in [&[0][..], &[1], &[0, 1], &[1, 0]] {
            pools.extend(takers.iter().try_fold(self.clone(), |pool, &worker| pool.take(worker)));
        }
        pools.retain_mut(|pool| pool.hear(said).is_some());
        pools
    }

    fn take(mut self, worker: usize) -> Option<Pool> {
        let possible = self.parent != Parent::NotStarted && self.workers[worker] == Worker::Free && self.taken < TASKS;
        self.workers[worker] = Worker::HasTaken(self.taken);
        self.taken += 1;
        possible.then_some(self)
    }

    /// Whether this can be said now.
    fn hear(&mut self, Said { who, text }: &Said) -> Option<()> {
        if *who == PARENT { self.hear_parent(text) } else { self.hear_worker(who - 1, text) }
    }

    fn hear_parent(&mut self, text: &str) -> Option<()> {
        let told = if self.failure.is_some() { Parent::ToldOfFailure } else { Parent::Started };
        self.parent = match self.parent {
            Parent::NotStarted if text == "父进程启动" => Parent::Started,
            // It asks for the results in turn, so for those of tasks 0 and 1 before.
            Parent::Started if Some(text) == self.failure && (0..3).all(|task| self.ended.contains(&task)) => {
                Parent::ToldOfFailure
            }
            parent if parent == told && self.ended.len() == TASKS as usize && text == "父进程结束" => {
                Parent::Ended
            }
            _ => return None,
        };
        Some(())
    }

    fn hear_worker(&mut self, worker: usize, text: &str) -> Option<()> {
        let worker = self.workers.get_mut(worker)?;
        match *worker {
            Worker::HasTaken(task) if text == format!("子进程{task}启动--{{pid}}") => {
                *worker = Worker::HasStarted(task)
            }
            Worker::HasStarted(task) => {
                let seconds = text.strip_prefix(&format!("子进程{task}结束--{{pid}}--耗时"))?;
                let sleeps_for_a_second = seconds.len() == 4 && !seconds.starts_with('0');
                sleeps_for_a_second.then(|| self.ended.insert(task))?;
                *worker = Worker::Free;
            }
            _ => return None,
        }
        Some(())
    }
}

fn pool_orders(pools: &BTreeSet<Pool>, so_far: &mut Vec<Said>, orders: &mut Vec<Vec<Said>>) {
    let Some(Pool { failure, .. }) = pools.first() else { return };
    if pools.iter().any(Pool::is_over) {
        orders.push(so_far.clone());
    }
    let by_parent = ["父进程启动", "父进程结束"].into_iter().chain(*failure).map(|text| (PARENT, text.to_string()));
    let by_workers = (0..TASKS).flat_map(|task| {
        let lines = [format!("子进程{task}启动--{{pid}}"), format!("子进程{task}结束--{{pid}}--耗时1.00")];
        lines.into_iter().flat_map(|text| [(1, text.clone()), (2, text)])
    });
    for (who, text) in by_parent.chain(by_workers) {
        let said = Said { who, text };
        let then = pools.iter().flat_map(|pool| pool.then(&said)).collect();
        so_far.push(said);
        pool_orders(&then, so_far, orders);
        so_far.pop();
    }
}
