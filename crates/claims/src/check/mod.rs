//! Judges traces by the notes.

mod children;
mod orders;
mod reading;
mod remaining;
mod rules;
mod ruling;
mod tested;
#[cfg(test)]
mod tests;
mod told;

pub use orders::{Orders, Unexplained};
use reading::Reader;
pub use reading::Reading;
pub use remaining::Remaining;
pub use rules::{ENDS_WELL, ONLY_KNOWN_LINES};
pub use ruling::{Contradiction, Ruling, Side};

use crate::notes::claims::{Claim, Claims, Item, Place, Rule};
use crate::say;
use crate::words::Say;
use interleave::explore::{Statistics, Wait};
use interleave::trace::Trace;
use rules::UNSAID;

/// Judges the runs of one program, one trace at a time.
pub struct Judge<'a> {
    reader: Reader<'a>,
    tallies: Vec<Tally<'a>>,
}

/// One claim, and what the runs so far say of it.
struct Tally<'a> {
    says: &'a str,
    at: Option<&'a Place>,
    rule: Check<'a>,
    broken_live: Option<Broken>,
    broken_explored: Option<Broken>,
    shown: Vec<Side>,
    held: bool,
    tested: bool,
    silent: Option<Say>,
}

enum Check<'a> {
    Said(&'a Rule),
    Unsaid(rules::Unsaid),
}

/// A broken claim: why, and in which run.
#[derive(Debug, Clone)]
pub struct Broken {
    /// How to see it broken again, if an exploration has found that.
    pub explored: Option<Explored>,
    /// A run that breaks it; in real time if there is one.
    pub trace: Trace,
    /// Why.
    pub contradiction: Contradiction,
}

/// What an exploration knows of a run beside its trace.
#[derive(Debug, Clone)]
pub struct Explored {
    /// The schedule that leads to it; `None` if it was not run but deduced from another run.
    pub schedule: Option<String>,
    /// How long that is: how often another process goes on than went on before.
    pub switches: usize,
    /// If nobody could go on: each process that waits, by its name in schedules, and for what. The ids of one run would say
    /// nothing beside those of another.
    pub waiting: Vec<(String, Wait)>,
}

/// Whether what was added is enough to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It is.
    None,
    /// It would break a claim, but was only deduced.
    ToBeRun,
}

/// A claim and its verdict.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The claim's words.
    pub says: String,
    /// Where the notes say it; `None` if it goes without saying, of every program.
    pub at: Option<Place>,
    /// What the runs say of it.
    pub verdict: Verdict,
    /// Whether it could have failed: what it speaks of happened in one of the runs.
    pub tested: bool,
}

/// What the runs say of a claim.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It holds; perhaps with a remark.
    Holds(Option<Say>),
    /// It does not hold.
    Broken(Box<Broken>),
    /// It states a freedom, and no run showed it all; what they showed.
    NotShown(Say),
    /// These runs cannot tell, for this reason.
    Silent(Say),
}

/// What was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// Some of the runs that are possible: a freedom that they do not show may still exist.
    Some,
    /// Those that an exploration came to before its limit, of which so many are distinct: what they do not show cannot be said.
    Limited {
        /// How many.
        distinct: usize,
    },
    /// Every interleaving, of which there are so many distinct ones.
    All {
        /// How many.
        distinct: usize,
    },
}

impl Runs {
    /// The runs of an exploration.
    pub fn of(statistics: &Statistics) -> Runs {
        let distinct = usize::try_from(statistics.distinct).unwrap_or(usize::MAX);
        if statistics.complete { Runs::All { distinct } } else { Runs::Limited { distinct } }
    }
}

impl Verdict {
    /// Whether this verdict lets the program pass.
    pub fn passes(&self) -> bool {
        matches!(self, Verdict::Holds(_) | Verdict::Silent(_))
    }

    /// What it is if only these runs were judged: a limit is no reason to say that there is nothing behind it.
    fn within(self, runs: Runs) -> Verdict {
        match (self, runs) {
            (Verdict::NotShown(_), Runs::Limited { .. }) => Verdict::Silent(say!("it did not come before the limit")),
            (verdict, _) => verdict,
        }
    }
}

impl<'a> Judge<'a> {
    /// A judge of runs of the program that `claims` are of.
    pub fn new(claims: &'a Claims) -> Judge<'a> {
        let unsaid = UNSAID.iter().map(|(says, check)| (*says, None, Check::Unsaid(*check)));
        let said = claims.claims.iter().map(|claim| (claim.says.as_str(), Some(&claim.at), Check::Said(&claim.rule)));
        let tally = |(says, at, rule)| Tally {
            says,
            at,
            rule,
            broken_live: None,
            broken_explored: None,
            shown: Vec::new(),
            held: false,
            tested: false,
            silent: None,
        };
        Judge { reader: Reader::new(claims), tallies: unsaid.chain(said).map(tally).collect() }
    }

    /// Judges one more run; `explored` if an exploration made it. Of several such runs that break a claim it keeps the
    /// one with the shortest schedule.
    ///
    /// A claim is not taken for broken by what was only deduced: if one would be, this returns [`Doubt::ToBeRun`], and
    /// the run is to be made and added.
    pub fn add(&mut self, trace: &Trace, explored: Option<&Explored>) -> Doubt {
        self.add_to(trace, explored, |_| true)
    }

    /// Judges a run to which no schedule leads, after all others: what an exploration has broken already, its own run shows better.
    pub fn add_last(&mut self, trace: &Trace) {
        self.add_to(trace, None, |tally| tally.broken_explored.is_none());
    }

    fn add_to(&mut self, trace: &Trace, explored: Option<&Explored>, is_wanted: impl Fn(&Tally) -> bool) -> Doubt {
        let reading = Reading::new(&mut self.reader, trace);
        let mut doubt = Doubt::None;
        for tally in self.tallies.iter_mut().filter(|tally| is_wanted(tally)) {
            let broken = if explored.is_some() { &mut tally.broken_explored } else { &mut tally.broken_live };
            let length = |explored: Option<&Explored>| explored.map_or(0, |explored| explored.switches);
            if broken.as_ref().is_some_and(|broken| length(explored) >= length(broken.explored.as_ref())) {
                continue;
            }
            let ruling = match &tally.rule {
                Check::Said(rule) => rules::judge(rule, &reading),
                Check::Unsaid(check) => check(&reading),
            };
            if !tally.tested {
                tally.tested = match &tally.rule {
                    Check::Said(rule) => tested::tests(rule, &reading),
                    Check::Unsaid(_) => tested::all_roles_are_played(&reading),
                };
            }
            match ruling {
                Ruling::Holds => tally.held = true,
                Ruling::Silent(why) => tally.silent = Some(why),
                Ruling::Shows(side) if tally.shown.contains(&side) => {}
                Ruling::Shows(side) => tally.shown.push(side),
                Ruling::Broken(_) if explored.is_some_and(|explored| explored.schedule.is_none()) => {
                    doubt = Doubt::ToBeRun;
                }
                Ruling::Broken(contradiction) => {
                    *broken = Some(Broken { explored: explored.cloned(), trace: trace.clone(), contradiction });
                }
            }
        }
        doubt
    }

    /// The verdicts: first on what goes without saying, since nothing else can hold without it, then in the notes' order.
    pub fn finish(self, runs: Runs) -> Vec<Judged> {
        let claims = self.reader.claims;
        let judged = |tally: Tally| Judged {
            says: tally.says.to_string(),
            at: tally.at.cloned(),
            tested: tally.tested,
            verdict: tally.verdict(claims, runs),
        };
        self.tallies.into_iter().map(judged).collect()
    }
}

/// The words of the claims that go without saying, of every program.
pub fn unsaid() -> impl Iterator<Item = &'static str> {
    UNSAID.iter().map(|(says, _)| *says)
}

/// What one run says of each claim that the notes make in words, in their order.
pub fn rulings(claims: &Claims, trace: &Trace) -> Vec<Ruling> {
    let mut reader = Reader::new(claims);
    let reading = Reading::new(&mut reader, trace);
    claims.claims.iter().map(|claim| rules::judge(&claim.rule, &reading)).collect()
}

/// The words of all claims that this run breaks, those that go without saying among them.
pub fn broken_by<'a>(claims: &'a Claims, trace: &Trace) -> Vec<&'a str> {
    let mut reader = Reader::new(claims);
    let reading = Reading::new(&mut reader, trace);
    let unsaid = UNSAID.iter().map(|(says, check)| (*says, check(&reading)));
    let said = claims.claims.iter().map(|claim| (claim.says.as_str(), rules::judge(&claim.rule, &reading)));
    unsaid.chain(said).filter(|(_, ruling)| matches!(ruling, Ruling::Broken(_))).map(|(says, _)| says).collect()
}

/// What something that a claim speaks of is called.
pub fn name(item: &Item, claims: &Claims) -> Say {
    rules::name(item, claims)
}

/// How a process of this run ended otherwise than the notes say, if one did.
pub fn ends_badly(claims: &Claims, trace: &Trace) -> Option<Say> {
    match rules::ends_well(&Reading::new(&mut Reader::new(claims), trace)) {
        Ruling::Broken(contradiction) => Some(contradiction.why),
        _ => None,
    }
}

/// The verdicts on a program that was not run, for this reason.
pub fn silent(claims: &Claims, why: &Say) -> Vec<Judged> {
    let judged = |claim: &Claim| Judged {
        says: claim.says.clone(),
        at: Some(claim.at.clone()),
        verdict: Verdict::Silent(why.clone()),
        tested: false,
    };
    claims.claims.iter().map(judged).collect()
}

impl Tally<'_> {
    fn verdict(self, claims: &Claims, runs: Runs) -> Verdict {
        let explored = self.broken_explored.as_ref().and_then(|broken| broken.explored.clone());
        let live = self.broken_live.map(|live| Broken { explored, ..live });
        if let Some(broken) = live.or(self.broken_explored) {
            return Verdict::Broken(Box::new(broken));
        }
        match (self.rule, runs) {
            (Check::Said(Rule::Interleavings(claimed)), Runs::All { distinct }) if *claimed != distinct => {
                Verdict::NotShown(say!("there are {}", distinct))
            }
            (Check::Said(Rule::Interleavings(_)), Runs::All { .. }) => Verdict::Holds(None),
            (Check::Said(Rule::Interleavings(claimed)), Runs::Limited { distinct }) => {
                if distinct > *claimed {
                    Verdict::NotShown(say!("there are more: {} came before the limit", distinct))
                } else {
                    Verdict::Silent(if distinct == *claimed {
                        say!("{} came before the limit; whether there are others is not known", distinct)
                    } else {
                        say!("{} came before the limit; how many there are is not known", distinct)
                    })
                }
            }
            (Check::Said(Rule::Either(one, other)), runs) => either_shown(&self.shown, one, other, claims, runs),
            (Check::Said(Rule::Processes(_)), runs) => processes_shown(&self.shown, claims).within(runs),
            (Check::Said(Rule::AtOnce { .. }), runs) => at_once_shown(&self.shown).within(runs),
            _ => match self.silent {
                Some(why) if !self.held => Verdict::Silent(why),
                _ => Verdict::Holds(None),
            },
        }
    }
}

fn either_shown(shown: &[Side], one: &Item, other: &Item, claims: &Claims, runs: Runs) -> Verdict {
    let (one, other) = (rules::name(one, claims), rules::name(other, claims));
    let only = match shown {
        [] => return Verdict::Silent(say!("it does not tell when processes ended")),
        [Side::First] => say!("{} came first", one),
        [_] => say!("{} came first", other),
        _ => return Verdict::Holds(Some(say!("both orders seen"))),
    };
    match runs {
        Runs::Some => Verdict::Holds(Some(say!("in this run, {}", only))),
        Runs::Limited { .. } => Verdict::Silent(say!("only one of the two orders came before the limit")),
        Runs::All { .. } => Verdict::NotShown(say!("in every interleaving, {}", only)),
    }
}

fn processes_shown(shown: &[Side], claims: &Claims) -> Verdict {
    if shown.contains(&Side::First) {
        return Verdict::Holds(None);
    }
    let most =
        shown.iter().filter_map(|side| if let Side::Short { role, found } = side { Some((found, role)) } else { None });
    match most.max() {
        Some((0, role)) => Verdict::NotShown(say!("no process plays the {}", &claims.roles[*role].name)),
        Some((1, role)) => Verdict::NotShown(say!("only one process plays the {}", &claims.roles[*role].name)),
        Some((found, role)) => {
            Verdict::NotShown(say!("never more than {} processes play the {}", *found, &claims.roles[*role].name))
        }
        None => Verdict::Holds(None),
    }
}

fn at_once_shown(shown: &[Side]) -> Verdict {
    let most = shown.iter().filter_map(|side| if let Side::Fewer(most) = side { Some(*most) } else { None }).max();
    match most {
        Some(most) if !shown.contains(&Side::First) => {
            Verdict::NotShown(say!("never more than {} were open at once", most))
        }
        _ => Verdict::Holds(None),
    }
}
