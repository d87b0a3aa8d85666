//! The rules: what of a run breaks a claim.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::children;
use super::reading::{Occurrence, Reading};
use super::ruling::{Ruling, Side, broken, found_out, missing};
use super::told;
use crate::notes::claims::{Claims, Ending, Item, Line, Rule, Times};
use crate::notes::pattern::{PID, Pattern};
use crate::words::{self, Say};
use crate::{key, many, say};
use interleave::trace::{End, Pid, Stop, What};

/// What a run says of a rule.
pub fn judge(rule: &Rule, reading: &Reading) -> Ruling {
    match rule {
        Rule::Order(items) => order(items, reading),
        Rule::Either(one, other) => either(one, other, reading),
        Rule::Count { times, of } => of.iter().find_map(|line| count(*times, line, reading)).unwrap_or(Ruling::Holds),
        Rule::Never(patterns) => never(patterns, reading),
        Rule::Processes(roles) => processes(roles, reading),
        Rule::AtMost { limit, per_process, open, close } => at_most(*limit, *per_process, open, close, reading),
        Rule::AtOnce { reached, open, close } => at_once(*reached, open, close, reading),
        Rule::Same { value, lines } => same(value, lines, reading),
        Rule::Value { value, least, lines } => value_at_least(value, *least, lines, reading),
        Rule::AtLeast { seconds, from, to, printed } => at_least(*seconds, from, to, printed.as_deref(), reading),
        Rule::SharesNoMemory => shares_no_memory(reading),
        Rule::DidWork { seconds, from, to } => did_work(*seconds, from, to, reading),
        Rule::StartedBy(pairs) => children::started_by(pairs, reading),
        Rule::Reaped { times, before } => children::reaped(*times, before, reading),
        Rule::TellsEnds(lines) => children::tells_ends(lines, reading),
        Rule::Threads(roles) => told::threads(roles, reading),
        Rule::Told { what, by, before } => told::told(*what, *by, before, reading),
        Rule::Interleavings(_) => Ruling::Silent(say!("to count interleavings takes all of them")),
    }
}

/// What makes two occurrences belong together: equal placeholders, and the same process if both are of one role.
type Key<'a> = (Option<Pid>, Vec<(&'a str, &'a str)>);

fn by_key<'a>(
    occurrences: Vec<Occurrence<'a>>,
    shared: &[&'a str],
    per_process: bool,
) -> BTreeMap<Key<'a>, Vec<Occurrence<'a>>> {
    let mut groups: BTreeMap<Key, Vec<Occurrence>> = BTreeMap::new();
    for occurrence in occurrences {
        groups.entry(key(&occurrence, shared, per_process)).or_default().push(occurrence);
    }
    groups
}

fn key<'a>(occurrence: &Occurrence<'a>, shared: &[&'a str], per_process: bool) -> Key<'a> {
    let values = shared.iter().filter_map(|&name| Some((name, occurrence.values?.get(name)?.as_str())));
    (per_process.then_some(occurrence.pid), values.collect())
}

/// The placeholders that both lines leave open. A process prints its own id, so `{pid}` ties nothing together.
fn shared<'a>(claims: &'a Claims, one: &'a Line, other: &'a Line) -> Vec<&'a str> {
    let open = |line: &'a Line| -> BTreeSet<&'a str> {
        claims.pattern(line).holes().filter(|hole| *hole != PID && !line.fixed.contains_key(*hole)).collect()
    };
    open(one).intersection(&open(other)).copied().collect()
}

/// The occurrences of two items that belong together, pair by pair of groups.
fn together<'a>(
    one: &'a Item,
    other: &'a Item,
    reading: &'a Reading,
) -> BTreeMap<Key<'a>, (Vec<Occurrence<'a>>, Vec<Occurrence<'a>>)> {
    let role = |item: &Item| match item {
        Item::Line(line) => line.role,
        Item::Exit(role) => *role,
    };
    let names = match (one, other) {
        (Item::Line(one), Item::Line(other)) => shared(reading.claims, one, other),
        _ => Vec::new(),
    };
    let per_process = role(one) == role(other);
    let mut pairs: BTreeMap<Key, (Vec<Occurrence>, Vec<Occurrence>)> = BTreeMap::new();
    for (key, group) in by_key(reading.occurrences(one), &names, per_process) {
        pairs.entry(key).or_default().0 = group;
    }
    for (key, group) in by_key(reading.occurrences(other), &names, per_process) {
        pairs.entry(key).or_default().1 = group;
    }
    pairs
}

/// What a claim speaks of, in words.
pub fn name(item: &Item, claims: &Claims) -> Say {
    match item {
        Item::Line(line) => say!("\"{}\"", &line.text),
        Item::Exit(role) => say!("the end of the {}", &claims.roles[*role].name),
    }
}

/// How a group is told apart, in words, for example ` (n = 3)`.
fn which((_, values): &Key) -> String {
    match values.as_slice() {
        [] => String::new(),
        values => {
            let values: Vec<String> = values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!(" ({})", values.join(", "))
        }
    }
}

fn order(items: &[Item], reading: &Reading) -> Ruling {
    let mut silent = None;
    for (earlier, later) in items.iter().zip(&items[1..]) {
        if matches!((earlier, later), (Item::Exit(_), _) | (_, Item::Exit(_))) && !reading.knows_ends() {
            silent = Some(Ruling::Silent(say!("it does not tell when processes ended")));
            continue;
        }
        let pairs = together(earlier, later, reading);
        if pairs.is_empty() && !reading.is_cut() {
            let why = say!("neither {} nor {} came", name(earlier, reading.claims), name(later, reading.claims));
            return missing(why, []);
        }
        for (key, (firsts, seconds)) in &pairs {
            let absent = match (firsts.last(), seconds.first()) {
                (None, Some(second)) => Some((earlier, second)),
                (Some(first), None) => Some((later, first)),
                _ => None,
            };
            if let Some((absent, there)) = absent
                && !reading.is_cut()
            {
                let why = say!("{}{} never came", name(absent, reading.claims), which(key));
                return missing(why, [there.event]);
            }
            // If any of the second kind came too early, the earliest of them did.
            let contradiction = seconds.first().and_then(|second| {
                let first = firsts.iter().find(|first| reading.trace.surely_before(second.event, first.event))?;
                Some((first, second))
            });
            if let Some((first, second)) = contradiction {
                let why =
                    say!("{} came before {}{}", name(later, reading.claims), name(earlier, reading.claims), which(key));
                return broken(why, [first.event, second.event]);
            }
        }
    }
    silent.unwrap_or(Ruling::Holds)
}

fn either(one: &Item, other: &Item, reading: &Reading) -> Ruling {
    if matches!((one, other), (Item::Exit(_), _) | (_, Item::Exit(_))) && !reading.knows_ends() {
        return Ruling::Silent(say!("it does not tell when processes ended"));
    }
    let (ones, others) = (reading.occurrences(one), reading.occurrences(other));
    match (ones.first(), others.first()) {
        (Some(first), Some(second)) if first.event < second.event => Ruling::Shows(Side::First),
        (Some(_), Some(_)) => Ruling::Shows(Side::Second),
        _ if reading.is_cut() => Ruling::Silent(say!("the run was left unfinished")),
        (found, _) => {
            let absent = if found.is_none() { one } else { other };
            missing(say!("{} never came", name(absent, reading.claims)), [])
        }
    }
}

fn count(times: Times, line: &Line, reading: &Reading) -> Option<Ruling> {
    let listed: Vec<(&str, &[String])> = reading.claims.listed(line).collect();
    let mut found: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
    for occurrence in reading.lines(line) {
        let values = listed.iter().filter_map(|(name, _)| occurrence.values?.get(*name).map(String::as_str));
        found.entry(values.collect()).or_default().push(occurrence.event);
    }
    for values in combinations(&listed) {
        let chosen: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
        let found = found.get(&chosen).map_or(&[][..], Vec::as_slice);
        let line = || say!("\"{}\"{}", &line.text, which(&(None, values.clone())));
        if times.max.is_some_and(|max| found.len() > max) {
            let enough_to_prove = times.max.unwrap_or_default() + 1;
            let why = say!("{} was printed {}, not {}", line(), so_often(found.len()), times.words());
            return Some(broken(why, &found[..enough_to_prove]));
        }
        if found.len() < times.min && !reading.is_cut() {
            let why = match found.len() {
                0 => say!("{} was never printed", line()),
                found => say!("{} was printed only {}, not {}", line(), so_often(found), times.words()),
            };
            return Some(missing(why, found));
        }
    }
    None
}

fn so_often(times: usize) -> Say {
    many!(times, "once", "{} times")
}

/// All ways to choose a value for each name.
fn combinations<'a>(listed: &[(&'a str, &'a [String])]) -> Vec<Vec<(&'a str, &'a str)>> {
    listed.iter().fold(vec![Vec::new()], |chosen, (name, values)| {
        let extended = chosen.iter().flat_map(|so_far| {
            values.iter().map(move |value| {
                let mut longer = so_far.clone();
                longer.push((*name, value.as_str()));
                longer
            })
        });
        extended.collect()
    })
}

fn never(patterns: &[Pattern], reading: &Reading) -> Ruling {
    let is_it = |event: &&usize| match &reading.trace.events[**event].what {
        What::Line(text) => patterns.iter().any(|pattern| pattern.bind(text, &reading.claims.kinds).is_some()),
        _ => false,
    };
    let printed = reading.printed.iter().map(|printed| &printed.event);
    match reading.forbidden.iter().chain(printed).find(is_it) {
        Some(event) => broken(say!("it was printed"), [*event]),
        None => Ruling::Holds,
    }
}

fn processes(roles: &[(usize, Times)], reading: &Reading) -> Ruling {
    let mut side = Side::First;
    for (role, times) in roles {
        let mut first_lines: BTreeMap<Pid, usize> = BTreeMap::new();
        for printed in reading.printed.iter().filter(|printed| printed.role == *role) {
            first_lines.entry(printed.pid).or_insert(printed.event);
        }
        let name = &reading.claims.roles[*role].name;
        let mut events: Vec<usize> = first_lines.into_values().collect();
        events.sort_unstable();
        if let Some(max) = times.max
            && events.len() > max
        {
            let why = say!("{} processes play the {}, not {}", events.len(), name, times.words());
            return broken(why, &events[..max + 1]);
        }
        if events.len() < times.min {
            side = Side::Short { role: *role, found: events.len() };
        }
    }
    Ruling::Shows(side)
}

fn at_most(limit: usize, per_process: bool, open: &Line, close: &Line, reading: &Reading) -> Ruling {
    let mut over = None;
    whenever_open_changes(open, close, reading, |pid, open| {
        let is_over = if per_process { open.of(pid) > limit } else { open.len() > limit };
        if is_over {
            over =
                Some(open.events().filter(|&event| !per_process || reading.trace.events[event].pid == pid).collect());
        }
        !is_over
    });
    match over {
        Some(events) => {
            let events: Vec<usize> = events;
            broken(say!("{} were open at once, more than {}", events.len(), limit), events)
        }
        None => Ruling::Holds,
    }
}

fn at_once(reached: usize, open: &Line, close: &Line, reading: &Reading) -> Ruling {
    let mut most = 0;
    whenever_open_changes(open, close, reading, |_, open| {
        most = most.max(open.len());
        true
    });
    Ruling::Shows(if most < reached { Side::Fewer(most) } else { Side::First })
}

/// The intervals that are open at some moment, by what they belong to: the process that opened each, and by which event.
#[derive(Default)]
struct Open<'a> {
    intervals: BTreeMap<Key<'a>, (Pid, usize)>,
    /// How many are open of each process that opened any.
    counts: HashMap<Pid, usize>,
}

impl<'a> Open<'a> {
    fn len(&self) -> usize {
        self.intervals.len()
    }

    /// How many this process has opened.
    fn of(&self, pid: Pid) -> usize {
        self.counts.get(&pid).copied().unwrap_or(0)
    }

    fn events(&self) -> impl Iterator<Item = usize> {
        self.intervals.values().map(|(_, event)| *event)
    }

    fn insert(&mut self, key: Key<'a>, pid: Pid, event: usize) {
        self.remove(&key);
        self.intervals.insert(key, (pid, event));
        *self.counts.entry(pid).or_default() += 1;
    }

    fn remove(&mut self, key: &Key<'a>) {
        if let Some((pid, _)) = self.intervals.remove(key)
            && let Some(count) = self.counts.get_mut(&pid)
        {
            *count -= 1;
        }
    }

    /// A process that has ended has nothing open any more, if its intervals are its own.
    fn forget(&mut self, pid: Pid) {
        let from_its_first = self.intervals.range((Some(pid), Vec::new())..);
        let own: Vec<Key> =
            from_its_first.map(|(key, _)| key).take_while(|(owner, _)| *owner == Some(pid)).cloned().collect();
        own.iter().for_each(|key| self.remove(key));
    }
}

/// Tells `see`, as long as it wants to go on, who opened or closed an interval, and what is open then.
fn whenever_open_changes(open: &Line, close: &Line, reading: &Reading, mut see: impl FnMut(Pid, &Open) -> bool) {
    let names = shared(reading.claims, open, close);
    let per_process = open.role == close.role;
    let opens = reading.lines(open).into_iter().map(|occurrence| (occurrence, true));
    let closes = reading.lines(close).into_iter().map(|occurrence| (occurrence, false));
    let mut steps: Vec<(Occurrence, bool)> = opens.chain(closes).collect();
    steps.sort_by_key(|(occurrence, _)| occurrence.event);
    let mut ends: Vec<(usize, Pid)> = reading.ends().into_iter().map(|(pid, event)| (event, pid)).collect();
    ends.sort_unstable();
    let mut ends = ends.into_iter().peekable();
    let mut still_open = Open::default();
    for (occurrence, opens) in steps {
        while let Some((_, pid)) = ends.next_if(|(end, _)| *end <= occurrence.event) {
            still_open.forget(pid);
        }
        let key = key(&occurrence, &names, per_process);
        if opens {
            still_open.insert(key, occurrence.pid, occurrence.event);
        } else {
            still_open.remove(&key);
        }
        if !see(occurrence.pid, &still_open) {
            return;
        }
    }
}

fn same(value: &str, lines: &[Line], reading: &Reading) -> Ruling {
    let mut names = lines.first().map(|line| shared(reading.claims, line, line)).unwrap_or_default();
    for line in lines {
        let open = shared(reading.claims, line, line);
        names.retain(|name| *name != value && open.contains(name));
    }
    let mut occurrences: Vec<Occurrence> = lines.iter().flat_map(|line| reading.lines(line)).collect();
    occurrences.sort_by_key(|occurrence| occurrence.event);
    for (key, group) in by_key(occurrences, &names, false) {
        let different = group.iter().find(|other| other.value(value) != group[0].value(value));
        if let Some(other) = different {
            let tell = |occurrence: &Occurrence| occurrence.value(value).unwrap_or_default();
            let why = say!("{{{}}}{} is {} here and {} there", value, which(&key), tell(&group[0]), tell(other));
            return broken(why, [group[0].event, other.event]);
        }
    }
    Ruling::Holds
}

fn value_at_least(name: &str, least: f64, lines: &[Line], reading: &Reading) -> Ruling {
    let printed = lines.iter().flat_map(|line| reading.lines(line));
    let numbers = printed.filter_map(|printed| Some((printed.event, printed.value(name)?.parse::<f64>().ok()?)));
    match numbers.into_iter().find(|(_, number)| *number < least) {
        Some((event, number)) => broken(say!("{{{}}} is {}, less than {}", name, number, least), [event]),
        None => Ruling::Holds,
    }
}

fn at_least(seconds: f64, from: &Line, to: &Line, printed: Option<&str>, reading: &Reading) -> Ruling {
    /// A number printed with two decimals may be off by half of the last one.
    const ROUNDING: f64 = 0.005;
    if reading.trace.header.virtual_time {
        return Ruling::Silent(say!("in virtual time no time passes"));
    }
    let spans = spans(from, to, reading);
    if spans.is_empty() {
        return Ruling::Silent(say!("the lines did not both come"));
    }
    let mut timed = false;
    for (start, end) in spans {
        let longest = reading.longest(start.event, end.event);
        timed |= longest.is_some();
        if let Some(longest) = longest
            && longest < seconds
        {
            let why = say!("no more than {} s passed between these lines, not {} s", format!("{longest:.3}"), seconds);
            return broken(why, [start.event, end.event]);
        }
        let told = printed.and_then(|name| end.value(name)).and_then(|value| value.parse::<f64>().ok());
        if let Some(told) = told {
            if told + ROUNDING < seconds {
                return broken(say!("{} s is less than {} s", format!("{told:.2}"), seconds), [end.event]);
            }
            if let Some(longest) = longest
                && told - ROUNDING > longest
            {
                let why =
                    say!("{} s are told, but no more than {} s passed", format!("{told:.2}"), format!("{longest:.3}"));
                return broken(why, [start.event, end.event]);
            }
        }
    }
    if timed || printed.is_some() { Ruling::Holds } else { Ruling::Silent(say!("it has no times")) }
}

fn shares_no_memory(reading: &Reading) -> Ruling {
    let found = reading.trace.events.iter().enumerate().find_map(|(index, event)| match &event.what {
        What::Shares { with, memory } => Some((index, event.pid, *with, memory)),
        _ => None,
    });
    match found {
        Some((index, pid, with, memory)) => {
            let who = |pid: Pid| match reading.roles.get(&pid) {
                Some(&role) => say!("the {}", &reading.claims.roles[role].name),
                None => say!("process {}", pid),
            };
            found_out(say!("{} and {} share memory: {}", who(with), who(pid), words::memory(memory)), [index])
        }
        // Only an exploration hears of all memory that is asked for.
        None if reading.trace.header.virtual_time => Ruling::Holds,
        None => Ruling::Silent(say!("that memory is not shared is known of explored runs only")),
    }
}

fn did_work(seconds: f64, from: &Line, to: &Line, reading: &Reading) -> Ruling {
    /// What a clock may be off by, in seconds.
    const ROUNDING: f64 = 0.001;
    /// What may not have been seen of work that was done in real time.
    const UNSEEN: f64 = 0.05;
    let names = shared(reading.claims, from, to);
    let starts = by_key(reading.lines(from), &names, true);
    let ends = by_key(reading.lines(to), &names, true);
    let (mut holds, mut is_unclear) = (false, false);
    for (key, starts) in &starts {
        for start in starts {
            let end = ends.get(key).and_then(|ends| ends.iter().find(|end| end.event > start.event));
            let Some(end) = end else { continue };
            let Some((least, most)) = did_between(start, end, reading) else { continue };
            if most + ROUNDING < seconds {
                let why = say!(
                    "between these lines the process itself worked for {} s and not for {} s; to wait for others is no work",
                    format!("{most:.3}"),
                    seconds
                );
                return found_out(why, [start.event, end.event]);
            }
            let allowed = if reading.trace.header.virtual_time { ROUNDING } else { UNSEEN };
            if least + allowed < seconds {
                is_unclear = true;
            } else {
                holds = true;
            }
        }
    }
    if is_unclear {
        Ruling::Silent(say!("in a run in real time it could not be seen how long a process itself worked"))
    } else if holds {
        Ruling::Holds
    } else {
        Ruling::Silent(say!("nobody has watched how long a process itself works"))
    }
}

/// How long a process worked between two of its lines, in seconds: at least, and at most. Of a run in real time it is known what was
/// seen; the rest of the time it may have done anything, if it was not seen to wait for others.
fn did_between(start: &Occurrence, end: &Occurrence, reading: &Reading) -> Option<(f64, f64)> {
    let worked = reading.worked(end)? - reading.worked(start)?;
    if reading.trace.header.virtual_time {
        return Some((worked, worked));
    }
    let waited = reading.waited(end)? - reading.waited(start)?;
    Some((worked, reading.longest(start.event, end.event)? - waited))
}

/// The stretches from one line to another: from each to the next if both are the same line, otherwise within each
/// group of lines that belong together.
fn spans<'a>(from: &'a Line, to: &'a Line, reading: &'a Reading) -> Vec<(Occurrence<'a>, Occurrence<'a>)> {
    let per_process = from.role == to.role;
    let names = shared(reading.claims, from, to);
    if from.text == to.text {
        let groups = by_key(reading.lines(from), &names, per_process);
        return groups.values().flat_map(|group| group.iter().copied().zip(group[1..].iter().copied())).collect();
    }
    let starts = by_key(reading.lines(from), &names, per_process);
    let ends = by_key(reading.lines(to), &names, per_process);
    starts.iter().filter_map(|(key, starts)| Some((*starts.first()?, *ends.get(key)?.first()?))).collect()
}

/// A check that needs no words in the notes.
pub type Unsaid = fn(&Reading) -> Ruling;

/// The claims that every program's notes make without saying so.
pub const UNSAID: [(&str, Unsaid); 4] = [
    (ONLY_KNOWN_LINES, only_known_lines),
    (key!("each process plays one role"), one_role_each),
    (key!("a process id in a line is that of the process that wrote it"), own_pid),
    (ENDS_WELL, ends_well),
];

/// The claim that it prints what the notes know.
pub const ONLY_KNOWN_LINES: &str = key!("it prints whole lines of text, and only lines that the notes know");

/// The claim that its processes end.
pub const ENDS_WELL: &str = key!("every process ends by itself, the way the notes say");

fn only_known_lines(reading: &Reading) -> Ruling {
    let garbled = reading.trace.events.iter().enumerate().find_map(|(index, event)| match &event.what {
        What::Garbled(garbled) => Some((index, garbled)),
        _ => None,
    });
    if let Some((index, garbled)) = garbled {
        return broken(say!("this is {}", words::fault(garbled.fault)), [index]);
    }
    match reading.unknown.as_slice() {
        [] if reading.printed.is_empty() && reading.forbidden.is_empty() => broken(say!("it printed nothing"), []),
        [] => Ruling::Holds,
        [only] => broken(say!("the notes do not know this line"), [*only]),
        [first, ..] => {
            let why = say!("the notes do not know this line, nor {} more", reading.unknown.len() - 1);
            broken(why, [*first])
        }
    }
}

/// Whether nobody printed lines of two roles.
pub fn one_role_each(reading: &Reading) -> Ruling {
    let stranger = reading.printed.iter().find(|printed| reading.roles.get(&printed.pid) != Some(&printed.role));
    let Some(stranger) = stranger else { return Ruling::Holds };
    let own = reading.printed.iter().find(|printed| printed.pid == stranger.pid);
    let role = |role: usize| &reading.claims.roles[role].name;
    let why = say!(
        "process {} printed a line of the {} and a line of the {}",
        stranger.pid,
        own.map_or("", |own| role(own.role)),
        role(stranger.role)
    );
    broken(why, own.map_or(vec![stranger.event], |own| vec![own.event, stranger.event]))
}

fn own_pid(reading: &Reading) -> Ruling {
    let liar = reading.printed.iter().find_map(|printed| {
        let told = printed.values.get(PID)?;
        (*told != printed.pid.to_string()).then_some((printed, told))
    });
    match liar {
        Some((printed, told)) => {
            let why = say!("process {} wrote a line that says it is process {}", printed.pid, told);
            broken(why, [printed.event])
        }
        None => Ruling::Holds,
    }
}

/// How many processes stand for all that do not end.
const SOME: usize = 4;

pub fn ends_well(reading: &Reading) -> Ruling {
    let Claims { endless, deadlock, .. } = reading.claims;
    if let Some(stop) = reading.trace.stop {
        return match stop {
            Stop::SeenEnough if *endless || *deadlock => Ruling::Holds,
            Stop::Deadlock if *deadlock => Ruling::Holds,
            _ => {
                let ends = reading.ends();
                let mut last: BTreeMap<Pid, usize> = BTreeMap::new();
                for (index, event) in reading.trace.events.iter().enumerate() {
                    if !ends.contains_key(&event.pid) {
                        last.insert(event.pid, index);
                    }
                }
                let why = say!("it was stopped: {}; still running, with the last that each did", words::stop(stop));
                let mut events: Vec<usize> = last.into_values().collect();
                events.truncate(SOME);
                broken(why, events)
            }
        };
    }
    if *endless && reading.knows_ends() {
        return broken(say!("it ended, and the notes say that it is endless"), []);
    }
    if *deadlock && reading.knows_ends() {
        return broken(say!("it ended, and the notes say that none of its processes can go on"), []);
    }
    for (index, event) in reading.trace.events.iter().enumerate() {
        let What::Ended(end) = event.what else { continue };
        let role = reading.roles.get(&event.pid).map(|role| &reading.claims.roles[*role]);
        if role.is_none() && event.pid != reading.trace.header.root {
            continue; // a helper that the notes do not know of may end as it likes
        }
        let expected = role.map_or(Ending::Exit(0), |role| role.ends);
        let as_expected = match (end, expected) {
            (End::Unknown, _) => true,
            (End::Exited(code), Ending::Exit(wanted)) => code == wanted,
            (End::Signaled(signal), Ending::Signal(wanted)) => signal == wanted,
            _ => false,
        };
        if !as_expected {
            let who = role.map_or_else(|| say!("process {}", event.pid), |role| say!("the {}", &role.name));
            let why = say!("{} {}; the notes say that it {}", who, words::end(end), expected.words());
            return broken(why, [index]);
        }
    }
    if reading.knows_ends() { Ruling::Holds } else { Ruling::Silent(say!("it does not tell how processes ended")) }
}
