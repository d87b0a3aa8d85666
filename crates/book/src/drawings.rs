//! Pictures that are drawn by hand, by code: what a diagram of one run does not show. Their texts are texts, in the language of
//! the page.

use interleave::trace::What;
use interleave_claims::notes::Program;
use maud::{Markup, html};

use crate::words::Language;

/// The pictures that belong to a program.
pub fn of(program: &Program, language: Language) -> Vec<Markup> {
    let pick = |english, chinese| language.pick(english, chinese);
    match program.name() {
        "spawn_demo" => vec![processes(
            pick(
                "The fork tree: fork makes a child that is a copy of its parent; each then runs its own code.",
                "进程树：fork 造出的子进程是父进程的副本；此后各跑各的代码。",
            ),
            &[Node::root(pick("parent", "父进程"), "main"), Node::child(0, pick("child", "子进程"), "run")],
        )],
        "pool_demo" => {
            let tree = processes(
                pick(
                    "The fork tree of the pool: the fork server does no tasks; it starts the workers, and a new one if one has died.",
                    "进程池的进程树：fork 服务进程不做任务；它启动工作进程，死了一个就再启动一个。",
                ),
                &[
                    Node::root(pick("parent", "父进程"), "main"),
                    Node::child(0, pick("fork server", "fork 服务进程"), ""),
                    Node::child(1, pick("worker", "工作进程"), "run"),
                    Node::child(1, pick("worker", "工作进程"), "run"),
                ],
            );
            [tree].into_iter().chain(tasks_over_time(program, language)).collect()
        }
        "hybrid_demo" => vec![processes(
            pick(
                "The fork tree, and the threads in each process. A thread is inside a process; memory is shared in a box, and not between boxes.",
                "进程树，以及每个进程里的线程。线程在进程之内；同一个框里共享内存，框与框之间不共享。",
            ),
            &[
                Node::root(pick("parent", "父进程"), pick("main thread · NUM 100", "主线程 · NUM 100")),
                Node::child(
                    0,
                    pick("child 1", "子进程1"),
                    pick("thread 1, thread 2 · NUM 102", "线程1、线程2 · NUM 102"),
                ),
                Node::child(
                    0,
                    pick("child 2", "子进程2"),
                    pick("thread 1, thread 2 · NUM 102", "线程1、线程2 · NUM 102"),
                ),
            ],
        )],
        "isolation_demo" => vec![memory(language, true)],
        "thread_demo" => vec![memory(language, false)],
        "pipe_demo" => vec![pipe_ends(
            pick(
                "Who holds which end. When the writer has ended nobody holds the writing end: the reader sees the end of the file.",
                "谁持有哪一端。写者结束后，再没有谁持有写端：读者看到文件结束。",
            ),
            &MOVED,
            language,
        )],
        "pipe_spare_end_demo" => vec![pipe_ends(
            pick(
                "Who holds which end. The writer has ended, and the parent and the reader itself still hold a writing end: the reader waits for ever.",
                "谁持有哪一端。写者已经结束，父进程和读者自己却还持有写端：读者永远等下去。",
            ),
            &LENT,
            language,
        )],
        _ => Vec::new(),
    }
}

/// How wide a text is, in pixels, at the size of the pictures: about.
fn width(text: &str) -> i32 {
    text.chars().map(|c| if c.is_ascii() { 8 } else { 15 }).sum()
}

fn drawing(caption: &str, width: i32, height: i32, content: &Markup) -> Markup {
    html! {
        figure class="diagram drawing" {
            div class="scrolls" tabindex="0" {
                svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
                    role="img" aria-label=(caption) { (content) }
            }
            figcaption { (caption) }
        }
    }
}

/// A process in a fork tree.
struct Node {
    parent: Option<usize>,
    name: &'static str,
    /// What runs in it.
    runs: &'static str,
}

impl Node {
    fn root(name: &'static str, runs: &'static str) -> Node {
        Node { parent: None, name, runs }
    }

    fn child(parent: usize, name: &'static str, runs: &'static str) -> Node {
        Node { parent: Some(parent), name, runs }
    }
}

/// A fork tree: who started whom.
fn processes(caption: &str, nodes: &[Node]) -> Markup {
    const HEIGHT: i32 = 52;
    const DOWN: i32 = 96;
    let depth = |mut node: usize| {
        let mut depth = 0;
        while let Some(parent) = nodes[node].parent {
            node = parent;
            depth += 1;
        }
        depth
    };
    let wide = nodes.iter().map(|node| width(node.name).max(width(node.runs)) + 28).max().unwrap_or(0);
    let deepest = (0..nodes.len()).map(depth).max().unwrap_or(0);
    let level = |wanted: i32| (0..nodes.len()).filter(move |&node| depth(node) == wanted);
    let widest = (0..=deepest).map(|wanted| level(wanted).count() as i32).max().unwrap_or(1);
    let total = widest * (wide + 28) + 28;
    let middle = |node: usize| {
        let same: Vec<usize> = level(depth(node)).collect();
        let place = same.iter().position(|&other| other == node).unwrap_or(0) as i32;
        total * (2 * place + 1) / (2 * same.len() as i32)
    };
    let content = html! {
        @for (number, node) in nodes.iter().enumerate() {
            @let (x, y) = (middle(number), 14 + depth(number) * DOWN);
            @if let Some(parent) = node.parent {
                @let from = 14 + depth(parent) * DOWN + HEIGHT;
                line class="arrow" x1=(middle(parent)) y1=(from) x2=(x) y2=(y - 7) {}
                path class="tip" d={ "M" (x - 5) " " (y - 9) "h10l-5 8z" } {}
                text class="quiet" x=((middle(parent) + x) / 2 + 8) y=((from + y) / 2 + 4) { "fork" }
            }
            rect class="box" x=(x - wide / 2) y=(y) width=(wide) height=(HEIGHT) rx="7" {}
            text class="head" text-anchor="middle" x=(x) y=(y + if node.runs.is_empty() { 31 } else { 22 }) { (node.name) }
            text class="quiet" text-anchor="middle" x=(x) y=(y + 42) { (node.runs) }
        }
    };
    drawing(caption, total, 28 + deepest * DOWN + HEIGHT, &content)
}

/// A global variable that is 100, and to which somebody adds 1: a child process, or a thread.
fn memory(language: Language, is_process: bool) -> Markup {
    let pick = |english, chinese| language.pick(english, chinese);
    let caption = if is_process {
        pick(
            "Each process's memory. After the fork there are two variables, and the child changes its own.",
            "每个进程的内存。fork 之后变量有两份，子进程改的是自己的那份。",
        )
    } else {
        pick(
            "The process's memory. However many threads run in it, there is one variable.",
            "进程的内存。不管里面跑着多少线程，变量只有一个。",
        )
    };
    let (starts, adds) = if is_process {
        (pick("after the fork", "fork 之后"), pick("the child has added 1", "子进程加 1 之后"))
    } else {
        (pick("the thread is started", "线程启动之后"), pick("the thread has added 1", "线程加 1 之后"))
    };
    let moments = [pick("at first", "一开始"), starts, adds];
    let parent = if is_process { pick("parent", "父进程") } else { pick("process", "进程") };
    let cell = |x: i32, y: i32, name: &str, runs: &str, value: &str, is_changed: bool| {
        html! {
            rect class="box" x=(x) y=(y) width="190" height="76" rx="7" {}
            text class="head" x=(x + 12) y=(y + 22) { (name) }
            text class="quiet" x=(x + 178) y=(y + 22) text-anchor="end" { (runs) }
            rect class=(if is_changed { "slot changed" } else { "slot" }) x=(x + 12) y=(y + 34) width="166" height="30" rx="3" {}
            text x=(x + 22) y=(y + 54) { "NUM" }
            text class="value" x=(x + 168) y=(y + 54) text-anchor="end" { (value) }
        }
    };
    let content = html! {
        @for (number, moment) in moments.iter().enumerate() {
            @let x = 14 + 214 * number as i32;
            text class="quiet" x=(x) y="24" { (number + 1) ". " (moment) }
            @let alone = !is_process && number > 0;
            @let value = if !is_process && number == 2 { "101" } else { "100" };
            (cell(x, 36, parent, if alone { pick("2 threads", "2 个线程") } else { "" }, value, value == "101"))
            @if is_process && number > 0 {
                @let value = if number == 2 { "101" } else { "100" };
                (cell(x, 128, pick("child", "子进程"), "", value, value == "101"))
            }
        }
    };
    drawing(caption, 650, if is_process { 218 } else { 126 }, &content)
}

/// Which ends of a pipe the parent, the writer and the reader hold, at each of four moments; `None` while there is no such
/// process. (The reading end, the writing end.)
type Holding = [[Option<(bool, bool)>; 3]; 4];

/// Of `pipe_demo`, where both ends move into the closures of the children.
const MOVED: Holding = [
    [Some((true, true)), None, None],
    [Some((true, false)), Some((true, true)), None],
    [Some((false, false)), Some((true, true)), Some((true, false))],
    [Some((false, false)), None, Some((true, false))],
];

/// Of `pipe_spare_end_demo`, where the writing end is only lent to the writer.
const LENT: Holding = [
    [Some((true, true)), None, None],
    [Some((true, true)), Some((true, true)), None],
    [Some((false, true)), Some((true, true)), Some((true, true))],
    [Some((false, true)), None, Some((true, true))],
];

fn pipe_ends(caption: &str, holding: &Holding, language: Language) -> Markup {
    let pick = |english, chinese| language.pick(english, chinese);
    let moments = [
        "pipe()",
        pick("the writer is forked", "fork 写者之后"),
        pick("the reader is forked", "fork 读者之后"),
        pick("the writer has ended", "写者结束之后"),
    ];
    let who = [pick("parent", "父进程"), pick("writer", "写者"), pick("reader", "读者")];
    let (reads, writes) = (pick("reads", "读端"), pick("writes", "写端"));
    let end = |x: i32, y: i32, name: &str, class: &str| {
        html! {
            rect class={ "end " (class) } x=(x) y=(y) width="64" height="26" rx="13" {}
            text class="on" x=(x + 32) y=(y + 18) text-anchor="middle" { (name) }
        }
    };
    let content = html! {
        @for (row, name) in who.iter().enumerate() {
            text class="head" x="14" y=(76 + 58 * row as i32) { (name) }
        }
        @for (column, moment) in moments.iter().enumerate() {
            @let x = 80 + 160 * column as i32;
            text class="quiet" x=(x) y="24" { (column + 1) ". " (moment) }
            @for (row, held) in holding[column].iter().enumerate() {
                @let y = 48 + 58 * row as i32;
                @if let Some((reading, writing)) = held {
                    rect class="box" x=(x) y=(y) width="148" height="46" rx="7" {}
                    @if *reading { (end(x + 8, y + 10, reads, "reading")) }
                    @if *writing { (end(x + 76, y + 10, writes, "writing")) }
                } @else {
                    text class="quiet" x=(x + 75) y=(y + 28) { "–" }
                }
            }
        }
    };
    drawing(caption, 726, 228, &content)
}

/// Workers and their tasks over time, as the transcript of the notes has them.
fn tasks_over_time(program: &Program, language: Language) -> Option<Markup> {
    const SECOND: f64 = 110.0;
    let transcript = program.transcripts.first()?;
    // For each worker its tasks: which, and how long.
    let mut workers: Vec<(u32, Vec<(String, f64)>)> = Vec::new();
    for event in &transcript.trace.events {
        let What::Line(text) = &event.what else { continue };
        let (_, _, bindings) = program.claims.recognise(text)?;
        let (Some(task), Some(seconds)) = (bindings.get("n"), bindings.get("secs")) else { continue };
        let seconds = seconds.parse().ok()?;
        match workers.iter_mut().find(|(pid, _)| *pid == event.pid) {
            Some((_, tasks)) => tasks.push((task.clone(), seconds)),
            None => workers.push((event.pid, vec![(task.clone(), seconds)])),
        }
    }
    let left = width(language.pick("worker 99999", "工作进程 99999")) + 28;
    let longest = workers.iter().map(|(_, tasks)| tasks.iter().map(|task| task.1).sum::<f64>()).fold(0.0, f64::max);
    let x = |seconds: f64| left + (seconds * SECOND) as i32;
    let bottom = 20 + 48 * workers.len() as i32;
    let content = html! {
        @for (row, (pid, tasks)) in workers.iter().enumerate() {
            @let y = 14 + 48 * row as i32;
            text class="head" x="14" y=(y + 24) { (language.pick("worker ", "工作进程 ")) (pid) }
            @for (number, (task, seconds)) in tasks.iter().enumerate() {
                @let start: f64 = tasks[..number].iter().map(|task| task.1).sum();
                rect class=(if number % 2 == 0 { "task" } else { "task other" }) x=(x(start)) y=(y) width=((seconds * SECOND) as i32 - 3) height="36" rx="5" {}
                text class="on" x=(x(start + seconds / 2.0)) y=(y + 23) text-anchor="middle" { (language.pick("task ", "任务 ")) (task) }
            }
        }
        line class="arrow" x1=(left) y1=(bottom) x2=(x(longest)) y2=(bottom) {}
        @for second in 0..=(longest as i32) {
            text class="quiet" x=(x(f64::from(second))) y=(bottom + 20) text-anchor="middle" { (second) " s" }
        }
    };
    let caption = language.pick(
        "Workers and tasks over time, in the run that the transcript shows: a worker that has finished a task takes the next one.",
        "工作进程与任务随时间的分布（上面那次输出）：哪个工作进程做完了一个任务，就取下一个。",
    );
    Some(drawing(caption, x(longest) + 30, bottom + 32, &content))
}
