//! What the engine has to say. It gives facts, and these are the sentences for them; its own, in English, are the same.

use interleave::explore::{
    Awaited, Caveat, CaveatKind, Channel, Deed, Failure, Form, Holder, Interleaving, Limit, Statistics, TaskId,
    TimeMode, Wait, task_name,
};
use interleave::outcome::Ending;
use interleave::record::{CannotStart, NotStarted};
use interleave::trace::{End, Fault, Memory, Stop, Told, signal_name};

use super::{Language, Say, chosen, told};
use crate::report::printable::printable;
use crate::{key, many, say};

/// How a process ended, as it goes on after its name.
pub fn end(end: End) -> Say {
    match end {
        End::Exited(code) => say!("ended with exit code {}", code),
        End::Signaled(signal) => say!("was ended by {}", signal_name(signal)),
        End::Unknown => say!("ended"),
    }
}

/// How many threads a process has had beside its first.
pub fn threads(threads: usize) -> Say {
    many!(threads, "has started a thread", "has started {} threads")
}

/// What a process was told, and by which one.
pub fn told_of(what: Told, by: Option<String>) -> Say {
    match (what, by) {
        (Told::Data, Some(by)) => say!("has read what process {} had written", by),
        (Told::Data, None) => say!("has read what another process had written"),
        (Told::EndOfFile, _) => say!("has read to the end of what others write"),
        (Told::BrokenPipe, _) => say!("was told that nobody reads what it writes"),
        (Told::Signal(signal), Some(by)) => say!("has taken {} from process {}", signal_name(signal), by),
        (Told::Signal(signal), None) => say!("has taken {}", signal_name(signal)),
    }
}

/// Why a run was stopped.
pub fn stop(stop: Stop) -> Say {
    match stop {
        Stop::SeenEnough => say!("all that the claims need had been seen"),
        Stop::TimeLimit => say!("its time was up"),
        Stop::Flood => say!("it printed more than the verifier keeps"),
        Stop::TooManyProcesses => say!("it started more processes than the verifier follows"),
        Stop::Deadlock => say!("none of its processes could go on"),
        Stop::Interrupted => say!("the verifier was interrupted"),
    }
}

/// What is wrong with something that was printed.
pub fn fault(fault: Fault) -> Say {
    match fault {
        Fault::NotUtf8 => say!("not UTF-8"),
        Fault::NoNewline => say!("a line that never ended"),
        Fault::TooLong => say!("a line longer than the verifier keeps"),
        Fault::UnknownWriter => say!("by a process that the kernel could not name"),
    }
}

/// Memory that two processes share.
pub fn memory(memory: &Memory) -> Say {
    match memory {
        Memory::AddressSpace => {
            say!("one address space, as after clone(2) with CLONE_VM, or in place of it after vfork(2)")
        }
        // So the kernel calls memory that lies in no file.
        Memory::Mapping(name) if name.is_empty() || name == "/dev/zero (deleted)" => {
            say!("memory without a name, mapped with MAP_SHARED")
        }
        Memory::Mapping(name) if name.starts_with("/SYSV") => say!("a segment of System V's shared memory"),
        Memory::Mapping(name) => say!("{}, mapped with MAP_SHARED", printable(name)),
        Memory::Call(name) => say!("what {} reaches of the other one", name),
    }
}

/// What a task does in a step, or is about to do: as [`Deed::words`], but in the chosen language.
pub fn deed(deed: &Deed, form: Form) -> String {
    if chosen() == Language::English {
        return deed.words(form);
    }
    if let Deed::Enter(deed) = deed {
        return say!("begin to wait: {}", self::deed(deed, Form::Waiting)).told();
    }
    let waits = matches!(deed, Deed::Wait(_) | Deed::Poll(_) | Deed::AwaitMemory(_) | Deed::AwaitSignal);
    let infinitive = infinitive(deed);
    // A verb of Chinese has one form.
    if form == Form::Waiting && !waits { say!("waits to {}", infinitive).told() } else { infinitive.told() }
}

fn infinitive(deed: &Deed) -> Say {
    let tasks = |tasks: &[TaskId]| {
        let all =
            tasks.iter().map(|&task| say!("{}", task_name(task))).reduce(|all, next| say!("{} and {}", all, next));
        all.unwrap_or_else(|| say!("nobody"))
    };
    let channel = |channel: &Channel| match channel.ends.as_slice() {
        [] => say!("{}", told(&channel.kind)),
        ends => say!("{} (other end: {})", told(&channel.kind), tasks(ends)),
    };
    match deed {
        Deed::Print(text) => say!("print {}", text.trim_end_matches('\n')),
        Deed::GoOn => say!("go on after printing"),
        Deed::Begin => say!("begin"),
        Deed::Write(to) => say!("write to {}", channel(to)),
        Deed::Read(from) => say!("read from {}", channel(from)),
        Deed::Poll(channels) => match channels.iter().map(channel).reduce(|all, next| say!("{} or {}", all, next)) {
            Some(channels) => say!("wait for {}", channels),
            None => say!("wait for some time"),
        },
        Deed::AwaitMemory(true) => say!("wait for a lock or a word of others in shared memory"),
        Deed::AwaitMemory(false) => say!("wait for a lock or a word of another thread"),
        Deed::Wake => say!("wake who waits for a lock or a word of it"),
        Deed::Load => say!("load from shared memory"),
        Deed::Store => say!("store to shared memory"),
        Deed::Wait(Some(child)) => say!("wait for the end of {}", task_name(*child)),
        Deed::Wait(None) => say!("wait for the end of a child"),
        Deed::LookForEnd(Some(child)) => say!("look whether {} has ended", task_name(*child)),
        Deed::LookForEnd(None) => say!("look whether a child has ended"),
        Deed::Signal { signal, to } => say!("send {} to {}", signal_name(*signal), tasks(to)),
        Deed::TakeSignal => say!("take a signal"),
        Deed::AwaitSignal => say!("wait for a signal"),
        Deed::Enter(_) => say!("begin to wait"),
        Deed::Sleep(nanoseconds) => say!("sleep for {} s", *nanoseconds as f64 / 1e9),
        Deed::SetTimer => say!("set a timer"),
        Deed::GoOff => say!("go off"),
        Deed::Fork => say!("start a process"),
        Deed::StartThread => say!("start a thread"),
        Deed::Close => say!("close what it has open"),
        Deed::Exec => say!("become another program"),
        Deed::Lock => say!("lock a file"),
        Deed::Unlock => say!("unlock a file"),
        Deed::Call(name) => say!("call {}", name),
        Deed::Die(signal) => say!("die of {}", signal_name(*signal)),
        Deed::Leave => say!("leave the list of processes"),
        Deed::Continue => say!("go on after a stop"),
        Deed::Stop(signal) => say!("stop by {}", signal_name(*signal)),
        Deed::Exit(0) => say!("end"),
        Deed::Exit(code) => say!("end with exit code {}", *code),
    }
}

/// How many interleavings there are, and whether those are all.
pub fn interleavings(explored: &Statistics) -> Say {
    let found = many!(explored.distinct, "1 interleaving", "{} interleavings");
    match &explored.limit {
        _ if explored.complete => say!("{}, all explored", found),
        Some(why) => say!("{}, not all: the limit was {}", found, limit(why)),
        None => say!("{}, not all", found),
    }
}

/// How a run ended.
pub fn ending(ending: Ending) -> Say {
    match ending {
        Ending::Exited(0) => say!("ok"),
        Ending::Exited(code) => say!("exit {}", code),
        Ending::Killed(signal) => say!("killed by {}", signal_name(signal)),
        Ending::Deadlock => say!("deadlock"),
        Ending::Stopped => say!("stopped"),
    }
}

/// How an interleaving ends.
pub fn ends(interleaving: &Interleaving) -> Say {
    match (interleaving.fails(0), interleaving.trace.stop) {
        (Some(deadlock @ Failure::Deadlock(_)), _) => failure(&deadlock),
        (_, Some(why)) => say!("stopped: {}", stop(why)),
        (_, None) => ending(interleaving.outcome().ending),
    }
}

/// Why a run is a failure.
pub fn failure(failure: &Failure) -> Say {
    match failure {
        Failure::Deadlock(waiting) => {
            let one = |(name, what): &(String, Wait)| say!("{} {}", name, waits(what));
            let all = waiting.iter().map(one).reduce(|all, next| say!("{}; {}", all, next));
            say!("deadlock: {}", all.unwrap_or_else(|| say!("nobody can go on")))
        }
        Failure::Exit { process, code, expected } => {
            say!("process {} ended with exit code {}, not {}", process, *code, *expected)
        }
        Failure::Killed { process, signal } => say!("process {} was killed by {}", process, signal_name(*signal)),
    }
}

/// Why a program could not be started.
pub fn cannot_start(fault: &CannotStart) -> Say {
    let CannotStart { name, answer, why } = fault;
    let why = match why {
        NotStarted::NotInPath(path) => say!("looked in PATH ({}); name it with its folder, or install it", path),
        NotStarted::NoInterpreter => {
            say!("the file is there, but not the interpreter that it names (its #! line, or its dynamic loader)")
        }
        NotStarted::NotThere(here) => say!("looked from {}; check the path, or build it first", here),
        NotStarted::Folder => say!("it is a folder; name a program in it"),
        NotStarted::NotExecutable => say!("make it executable (`chmod +x {}`), or start its interpreter", name),
        NotStarted::NoProgram => {
            say!("it is neither a program for this machine nor a script with a #! line; start its interpreter")
        }
        NotStarted::Other => say!("see execve(2)"),
    };
    say!("cannot start `{}`: {}; {}", name, answer, why)
}

/// What a process waits for, as it goes on after its name.
pub fn waits(wait: &Wait) -> Say {
    say!("waits {}", awaits(wait))
}

/// In which call a process waits, and for what.
pub fn awaits(wait: &Wait) -> Say {
    let place = wait.call.as_ref().map_or_else(|| say!("in the kernel"), |call| say!("in {}", call));
    match &wait.awaits {
        Awaited::Something => place,
        Awaited::Bytes { fd, write, kind, own, others } => {
            let others = match (others.is_empty(), own) {
                (true, true) => say!(", whose other end it holds itself"),
                (true, false) => say!(""),
                (false, false) => say!(", whose other end is held by {}", others.join(", ")),
                (false, true) => say!(", whose other end is held by itself and by {}", others.join(", ")),
            };
            if *write {
                say!("{}({}): no room in {}{}", place, *fd, told_kind(kind), others)
            } else {
                say!("{}({}): nothing to read in {}{}", place, *fd, told_kind(kind), others)
            }
        }
        Awaited::Any(kinds) => {
            let all = kinds.iter().map(|kind| told_kind(kind)).reduce(|all, next| say!("{}, {}", all, next));
            say!("{} for {}", place, all.unwrap_or_else(|| say!("nothing")))
        }
        Awaited::Memory { shared, holder } => {
            let lock = match (holder.is_some(), shared) {
                (true, Some(true)) => say!("a lock in shared memory"),
                (true, Some(false)) => say!("a lock of another thread"),
                (true, None) => say!("a lock"),
                (false, Some(true)) => say!("a lock or signal in shared memory"),
                (false, Some(false)) => say!("a lock or signal of another thread"),
                (false, None) => say!("a lock or signal"),
            };
            say!("{} for {}{}", place, lock, holder.as_ref().map_or_else(|| say!(""), whose))
        }
        Awaited::End(Some(child)) => say!("{} for the end of process {}", place, child),
        Awaited::EndOfThread(thread) => say!("{} for the end of thread {}", place, thread),
        Awaited::End(None) => say!("{} for the end of a child", place),
    }
}

/// Who holds the lock, as it goes on after it.
fn whose(holder: &Holder) -> Say {
    let Holder::Other { task, is_thread, has_ended } = holder else { return say!(", which it holds itself") };
    let name = task_name(*task);
    let name = if *is_thread { say!("thread {}", name) } else { say!("process {}", name) };
    if *has_ended {
        say!(", whose holder, {}, has ended without unlocking it", name)
    } else {
        say!(", which {} holds", name)
    }
}

/// What a descriptor is. Of what is not among these there is only a path or a name of the kernel's.
fn told_kind(kind: &str) -> Say {
    match kind {
        "a pipe" => say!("a pipe"),
        "a socket" => say!("a socket"),
        "the end of a process" => say!("the end of a process"),
        "an eventfd" => say!("an eventfd"),
        "an epoll set" => say!("an epoll set"),
        other => say!("{}", other),
    }
}

/// Why an exploration did not go on.
pub fn limit(limit: &Limit) -> Say {
    match limit {
        Limit::Runs(most) => many!(*most, "1 run", "{} runs"),
        Limit::Interleavings(most) => many!(*most, "1 interleaving", "{} interleavings"),
        Limit::Calls(most) => many!(*most, "1 system call", "{} system calls"),
        Limit::Time(time) => say!("{} s", time.as_secs_f64()),
        Limit::Run(Stop::TimeLimit) => say!("a run that goes on for too long"),
        Limit::Run(Stop::Flood) => say!("a run that prints too much"),
        Limit::Run(_) => say!("a run that starts too many processes"),
        Limit::Caller => say!("stopped by its caller"),
        Limit::Failing(most, time) => {
            say!("{} interleavings, or {} s, after the first that fails", *most, time.as_secs_f64())
        }
    }
}

/// What standard output was, if that is worth a word.
pub fn output(is_terminal: bool) -> Option<String> {
    let words = say!("standard output was a terminal, to which C programs write line by line (--terminal)");
    is_terminal.then(|| words.told())
}

/// What sleeps and time-outs meant, if that is worth a word.
pub fn meaning(mode: TimeMode) -> Option<&'static str> {
    match mode {
        TimeMode::Free => None,
        TimeMode::Ordered => Some(told(key!("sleeps are an order in them (time: ordered)"))),
        TimeMode::Any => Some(told(key!("time-outs come at any moment in them (time: any)"))),
    }
}

/// What a complete exploration does not cover.
pub fn caveat(caveat: &Caveat) -> Say {
    let call = caveat.call_name().map_or_else(|| say!("a call"), |call| say!("{}", call));
    let task = caveat.task.map_or_else(|| say!("somebody"), |task| say!("{}", task_name(task)));
    match caveat.kind {
        CaveatKind::Threads => say!(
            "threads take turns at calls that others can notice, and what they do to memory was tried in some orders only"
        ),
        CaveatKind::SharedMemory => {
            say!("processes that share memory take turns at their system calls, not at each load and store")
        }
        CaveatKind::Handlers => {
            say!("a signal's handler runs before or in a system call, not between any two instructions")
        }
        CaveatKind::RealClock => say!("the real clock was read"),
        CaveatKind::KernelWait => {
            say!("{} waited in a call that is not watched, and the kernel decided when it went on", task)
        }
        CaveatKind::Memory => say!("there is more shared memory than is watched"),
        CaveatKind::TimedOut => say!("a time-out fires only once nothing else can happen"),
        CaveatKind::BusyWait => say!("who looks again and again gives up only once nothing else can happen"),
        CaveatKind::NotWatched => {
            say!("{}, which {} calls, is not watched: other orders of its effects were not tried", call, task)
        }
        CaveatKind::Remains => {
            say!("what {} makes or changes by {} is found by other runs, too, and by other programs", task, call)
        }
        CaveatKind::Layer => say!(
            "{}, which {} calls, does something else in a run than elsewhere: a folder that was there before is not renamed, and \
             a file that had several names before is changed under one of them only",
            call,
            task
        ),
        CaveatKind::OutsideFile => say!(
            "a file outside the working directory and the places for temporary files was changed ({} by {}): what others read \
             there was not watched",
            call,
            task
        ),
        CaveatKind::Repeats => say!(
            "a timer that repeats goes off again only once that was heard of, and after three times only once nothing else can \
             happen"
        ),
        CaveatKind::Moments => say!(
            "who is killed, stopped or continued by another, ends, or executes a program, does so at once: that others \
             look while that is under way was not tried"
        ),
        CaveatKind::StoreBuffers => say!(
            "a store to shared memory is seen by all at once, and not, as processors may have it, after the next load"
        ),
        CaveatKind::ThreadLocks => say!("threads use locks in more orders than were tried"),
        CaveatKind::SilentWaits => say!(
            "the orders were so many that those were not tried in which a process that prints nothing learns of the ends of others"
        ),
        CaveatKind::Pieces => say!(
            "much that is read or written by one call is so in one moment: that others come in between was not tried"
        ),
        CaveatKind::Timers => say!("a timer of {} goes by the real clock ({})", task, call),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn in_english_it_is_what_the_engine_says() {
        let holders = [
            None,
            Some(Holder::Itself),
            Some(Holder::Other { task: 1, is_thread: true, has_ended: false }),
            Some(Holder::Other { task: 1, is_thread: false, has_ended: true }),
        ];
        let memory = [None, Some(true), Some(false)]
            .into_iter()
            .flat_map(|shared| holders.clone().map(|holder| Awaited::Memory { shared, holder }));
        let bytes =
            [(true, true, 0), (false, true, 2), (true, false, 0), (false, false, 1)].map(|(write, own, others)| {
                let others = vec!["b".to_owned(); others];
                Awaited::Bytes { fd: 3, write, kind: "a pipe".to_owned(), own, others }
            });
        let awaited = [
            Awaited::Something,
            Awaited::Any(Vec::new()),
            Awaited::Any(vec!["a pipe".to_owned(), "an eventfd".to_owned()]),
            Awaited::End(None),
            Awaited::EndOfThread("b".to_owned()),
            Awaited::End(Some("b".to_owned())),
        ];
        for awaits in awaited.into_iter().chain(memory).chain(bytes) {
            for call in [Some("read".to_owned()), None] {
                let wait = Wait { call, awaits: awaits.clone() };
                assert_eq!(waits(&wait).to_string(), wait.to_string());
            }
        }
        let limits = [
            Limit::Runs(1),
            Limit::Interleavings(20),
            Limit::Calls(1000),
            Limit::Time(Duration::from_millis(1500)),
            Limit::Run(Stop::TimeLimit),
            Limit::Run(Stop::Flood),
            Limit::Run(Stop::TooManyProcesses),
            Limit::Caller,
            Limit::Failing(1000, Duration::from_secs(10)),
        ];
        limits.iter().for_each(|known| assert_eq!(limit(known).to_string(), known.to_string()));
        let kinds = [
            CaveatKind::Threads,
            CaveatKind::SharedMemory,
            CaveatKind::Handlers,
            CaveatKind::RealClock,
            CaveatKind::KernelWait,
            CaveatKind::Memory,
            CaveatKind::TimedOut,
            CaveatKind::BusyWait,
            CaveatKind::NotWatched,
            CaveatKind::OutsideFile,
            CaveatKind::Remains,
            CaveatKind::Layer,
            CaveatKind::Timers,
            CaveatKind::Repeats,
            CaveatKind::Moments,
            CaveatKind::StoreBuffers,
            CaveatKind::SilentWaits,
            CaveatKind::ThreadLocks,
            CaveatKind::Pieces,
        ];
        for known in kinds.into_iter().flat_map(|kind| [kind.anywhere(), Caveat { kind, call: Some(1), task: Some(1) }])
        {
            assert_eq!(caveat(&known).to_string(), known.to_string());
        }
        for why in [
            NotStarted::NotInPath("/bin".to_owned()),
            NotStarted::NoInterpreter,
            NotStarted::NotThere("/".to_owned()),
            NotStarted::Folder,
            NotStarted::NotExecutable,
            NotStarted::NoProgram,
            NotStarted::Other,
        ] {
            let known = CannotStart { name: "a".to_owned(), answer: "no".to_owned(), why };
            assert_eq!(cannot_start(&known).to_string(), known.to_string());
        }
        for known in [End::Exited(3), End::Signaled(9), End::Unknown] {
            assert_eq!(end(known).to_string(), known.to_string());
        }
        for known in
            [Stop::SeenEnough, Stop::TimeLimit, Stop::Flood, Stop::TooManyProcesses, Stop::Deadlock, Stop::Interrupted]
        {
            assert_eq!(stop(known).to_string(), known.to_string());
        }
        for known in [Fault::NotUtf8, Fault::NoNewline, Fault::TooLong, Fault::UnknownWriter] {
            assert_eq!(fault(known).to_string(), known.to_string());
        }
        for known in [Ending::Exited(0), Ending::Exited(1), Ending::Killed(11), Ending::Deadlock, Ending::Stopped] {
            assert_eq!(ending(known).to_string(), known.to_string());
        }
        for known in [TimeMode::Free, TimeMode::Ordered, TimeMode::Any] {
            assert_eq!(meaning(known), known.meaning());
        }
    }
}
