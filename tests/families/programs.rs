//! Random scripts for `script.c`, family by family.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What programs of a family are made of: words of `script.c`.
///
/// In a word `{c}` is one of the process's children, `{o}` its parent or one of its children, and `{1|2|5}` one of these.
pub struct Family {
    pub name: &'static str,
    /// What the first process does before it starts another: one of these.
    setup: &'static [&'static str],
    /// What a process that has children does.
    parent: &'static [&'static str],
    /// What one without does.
    child: &'static [&'static str],
}

pub const FAMILIES: &[Family] = &[
    Family {
        name: "waits",
        setup: &[""],
        parent: &["any", "any", "wait.{c}", "look", "look.{c}", "peek.{c}", "say.x", "there.{c}", "kill.{c}.{9|15}"],
        child: &["say.{x|y}", "exit.{1|2}", "parent.0", "nap", "abort"],
    },
    Family {
        name: "forgets",
        setup: &["", "pipe.0"],
        parent: &[
            "all",
            "all",
            "forget",
            "forget",
            "has",
            "sum",
            "any",
            "wait.{c}",
            "say.x",
            "kill.{c}.9",
            "there.{c}",
            "exit.3",
        ],
        child: &["say.{x|y}", "exit.{1|2}", "there.{0|1|2}", "nap", "abort", "kill.0.9"],
    },
    Family {
        name: CROWD,
        setup: &["pipe.0"],
        parent: &[
            "any",
            "any",
            "any",
            "all",
            "all",
            "forget",
            "sum",
            "wait.{c}",
            "look",
            "look.{c}",
            "peek.{c}",
            "r.0.1",
            "say.x",
            "kill.{c}.9",
        ],
        child: &["say.y", "w.0.1", "w.0.1", "r.0.1", "exit.1", "parent.0", "there.{1|2}", "abort"],
    },
    Family {
        name: "deaths",
        setup: &["pipe.0", "pipe.0 handle.10", "pipe.0 block.17"],
        parent: &[
            "kill.{c}.{9|15|19|18|10}",
            "kill.{c}.{9|15}",
            "look.{c}",
            "look",
            "there.{c}",
            "ready.p.0",
            "avail.0",
            "r.0.1",
            "cw.0",
            "pending.17",
            "wait.{c}",
            "say.x",
        ],
        child: &["say.y", "w.0.1", "r.0.1", "cw.0", "exit.{1|2}", "abort", "kill.0.{10|15}", "alarm.1000", "nap"],
    },
    Family {
        name: "faults",
        setup: &["pipe.0", "pipe.0 open.1.f.c", "pipe.0 handle.17", "pipe.0 reaper"],
        parent: &[
            "look.{c}",
            "look",
            "any",
            "wait.{c}",
            "r.0.1",
            "ready.p.0",
            "cw.0",
            "there.{c}",
            "kill.{c}.9",
            "say.x",
            "fault",
        ],
        child: &["say.y", "w.0.1", "cw.0", "cr.0", "fault", "fault", "exit.1", "parent.0", "there.0"],
    },
    Family {
        name: "loans",
        setup: &["pipe.0", "pipe.0 handle.17", "pipe.0 block.17"],
        parent: &[
            "spawn.z",
            "spawn.z",
            "any",
            "look",
            "look.{c}",
            "r.0.1",
            "ready.p.0",
            "cw.0",
            "wait.{c}",
            "kill.{c}.9",
            "there.{c}",
            "pending.17",
        ],
        child: &["say.y", "w.0.1", "cw.0", "exit.1", "spawn.z", "abort"],
    },
    Family {
        name: "stops",
        setup: &[""],
        parent: &[
            "kill.{c}.{19|18|9}",
            "change.{c}",
            "changed.{c}",
            "wait.{c}",
            "look.{c}",
            "there.{c}",
            "say.x",
            "any",
        ],
        child: &["say.{x|y}", "exit.{1|2}", "nap"],
    },
    Family {
        name: "handlers",
        setup: &["handle.10", "handle.10.r", "block.10", "handle.10 block.10", "handle.10.r block.10"],
        parent: &[
            "kill.{o}.10",
            "wait.{c}",
            "any",
            "say.x",
            "unblock.10",
            "suspend",
            "sigwait.10",
            "siglook.10",
            "pending.10",
            "block.10",
            "nap",
            "pause",
        ],
        child: &[
            "kill.0.10",
            "say.y",
            "unblock.10",
            "suspend",
            "sigwait.10",
            "siglook.10",
            "pending.10",
            "handle.10",
            "default.10",
            "ignore.10",
            "nap",
            "exit.1",
        ],
    },
    Family {
        name: "children_heard",
        setup: &[
            "handle.17",
            "handle.17.r",
            "block.17",
            "handle.17 block.17",
            "signalfd.0.17.n block.17",
            "signalfd.0.17 block.17",
            "ignore.17",
        ],
        parent: &[
            "any",
            "wait.{c}",
            "look",
            "say.x",
            "unblock.17",
            "suspend",
            "pending.17",
            "siglook.17",
            "nap",
            "sigread.0",
        ],
        child: &["say.{x|y}", "exit.{1|2}", "nap"],
    },
    Family {
        name: "interrupted",
        setup: &["pipe.0 handle.10", "pipe.0 handle.10.r", "pipe.0 handle.10 ignore.13", "event.0.0 handle.10"],
        parent: &["kill.{c}.10", "r.0.{1|8}", "w.0.{1|8}", "poll.{p|s|e}.0", "wait.{c}", "any", "say.x", "cw.0"],
        child: &["kill.0.10", "r.0.{1|8}", "w.0.{1|8}", "poll.{p|s|e}.0", "say.y", "cw.0", "nap"],
    },
    Family {
        name: "groups",
        setup: &[""],
        parent: &["group.{c}", "waitgroup.{c}", "killgroup.{c}.{9|18|0}", "wait.{c}", "say.x", "any", "look.{c}"],
        child: &["say.{x|y}", "exit.1", "group.0", "nap"],
    },
    Family {
        name: "pipes",
        setup: &["pipe.0", "pipe.0 pipe.1", "pipe.0 ignore.13", "pipe.0 nb.0.0"],
        parent: &["w.0.{1|2|3}", "r.0.{1|2|5}", "cw.0", "cr.0", "avail.0", "any", "wait.{c}", "say.x", "ready.p.0"],
        child: &["w.0.{1|2|3}", "w.0.{1|2}", "r.0.{1|2|5}", "cw.0", "cr.0", "avail.0", "say.y", "exit.1"],
    },
    Family {
        name: "full_pipes",
        setup: &["pipe.0 small.0 fill.0", "pipe.0 small.0 fill.0 ignore.13", "pipe.0 small.0 nb.0.1", "pipe.0 small.0"],
        parent: &["w.0.{1|4096|5000}", "r.0.{1|4096|9000}", "cw.0", "cr.0", "room.p.0", "wait.{c}", "say.x"],
        child: &["w.0.{1|4096|5000}", "r.0.{1|4096|9000}", "cw.0", "cr.0", "room.{p|s}.0", "say.y", "avail.0"],
    },
    Family {
        name: "polls",
        setup: &["pipe.0 event.1.0", "pipe.0 pair.1.2.{s|d|p}", "event.0.1 event.1.0.n", "pipe.0 pipe.1"],
        parent: &[
            "poll.{p|s|e}.0.1",
            "ready.{p|s|e}.0.1",
            "room.{p|e}.0",
            "w.0.1",
            "w.1.8",
            "r.0.8",
            "r.1.8",
            "cw.0",
            "wait.{c}",
            "say.x",
        ],
        child: &["poll.{p|s|e}.0.1", "ready.{p|s|e}.0.1", "w.0.{1|8}", "w.1.8", "r.0.8", "cw.0", "cr.0", "say.y"],
    },
    Family {
        name: "events",
        setup: &["event.0.0", "event.0.2.s", "event.0.1.n", "event.0.0.s"],
        parent: &["ew.0.{1|2}", "er.0", "ready.{p|s|e}.0", "poll.{p|s|e}.0", "wait.{c}", "say.x"],
        child: &["ew.0.{1|2}", "er.0", "er.0", "ready.{p|s|e}.0", "poll.{p|s|e}.0", "say.y"],
    },
    Family {
        name: "pairs",
        setup: &["pair.0.1.s", "pair.0.1.d", "pair.0.1.p", "pair.0.1.s ignore.13"],
        parent: &[
            "w.{0|1}.{1|2}",
            "r.{0|1}.{1|5}",
            "shut.{0|1}.{0|1}",
            "cr.{0|1}",
            "avail.{0|1}",
            "nb.{0|1}.0",
            "wait.{c}",
            "say.x",
            "ready.p.0.1",
        ],
        child: &[
            "w.{0|1}.{1|2}",
            "r.{0|1}.{1|5}",
            "shut.{0|1}.{0|1}",
            "cr.{0|1}",
            "avail.{0|1}",
            "say.y",
            "ready.{p|e}.0.1",
        ],
    },
    Family {
        name: "names",
        setup: &["", "open.0.f.c", "mkdir.f", "open.0.f.c w.0.2"],
        parent: &[
            "open.1.{f|g}.{c|x|ct|-}",
            "size.{f|g}",
            "unlink.{f|g}",
            "rename.{f.g|g.f}",
            "link.f.g",
            "symlink.f.g",
            "mkdir.{f|g}",
            "rmdir.{f|g}",
            "access.{f|g}",
            "truncate.f.1",
            "wait.{c}",
            "links.0",
        ],
        child: &[
            "open.1.{f|g}.{c|x|ct|-}",
            "size.{f|g}",
            "unlink.{f|g}",
            "rename.{f.g|g.f}",
            "link.f.g",
            "symlink.f.g",
            "mkdir.{f|g}",
            "rmdir.{f|g}",
            "access.{f|g}",
            "truncate.f.1",
            "links.0",
        ],
    },
    Family {
        name: "contents",
        setup: &["open.0.f.c w.0.3", "open.0.f.c", "open.0.f.ca", "open.0.f.c open.1.f.a"],
        parent: &[
            "w.0.{1|2}",
            "r.0.{2|4}",
            "seek.0.{0|1}",
            "seek.0.0.e",
            "pw.0.{0|1}",
            "pr.0.0",
            "open.0.f.{c|a|t}",
            "size.f",
            "truncate.f.1",
            "wait.{c}",
            "w.1.1",
        ],
        child: &[
            "w.0.{1|2}",
            "r.0.{2|4}",
            "seek.0.{0|1}",
            "seek.0.0.e",
            "pw.0.{0|1}",
            "pr.0.0",
            "open.0.f.{c|a|t}",
            "size.f",
            "truncate.f.1",
            "w.1.1",
        ],
    },
    Family {
        name: "locks",
        setup: &["open.0.f.c open.1.f.c", "open.0.f.c open.1.f.c flock.0.x", "open.0.f.c open.1.f.c lk.0.w.0.1"],
        parent: &[
            "flock.{0|1}.{s|x|u|sn|xn}",
            "lk.0.{r|w|u|rn|wn}.0.{1|2}",
            "ofd.{0|1}.{r|w|u|wn}.0.1",
            "open.1.f.c",
            "cr.{0|1}",
            "who.0",
            "wait.{c}",
            "say.x",
        ],
        child: &[
            "flock.{0|1}.{s|x|u|sn|xn}",
            "lk.0.{r|w|u|rn|wn}.{0|1}.1",
            "ofd.{0|1}.{r|w|u|wn}.0.1",
            "open.1.f.c",
            "cr.{0|1}",
            "who.0",
            "say.y",
        ],
    },
    Family {
        name: "system_v",
        setup: &["sems.0.0", "sems.0.1", "sems.0.2"],
        parent: &[
            "op.0.{-1|1|0}",
            "op.0.{-1|-2}.n",
            "op.0.{-1|1}.u",
            "semval.0",
            "semwait.0",
            "semgone.0",
            "wait.{c}",
            "say.x",
        ],
        child: &["op.0.{-1|1|0}", "op.0.{-1|-2}.n", "op.0.{-1|1}.u", "semval.0", "semwait.0", "say.y"],
    },
    Family {
        name: "messages",
        setup: &["msgs.0 mq.1.1", "msgs.0 mq.1.2", "msgs.0 mq.1.2.n"],
        parent: &[
            "snd.0.{1|2|3}",
            "rcv.0.{0|1|2|-2}",
            "rcv.0.{0|2|-3}.n",
            "mqs.1.{1|2}",
            "mqr.1",
            "msggone.0",
            "wait.{c}",
            "say.x",
        ],
        child: &["snd.0.{1|2|3}", "rcv.0.{0|1|2|-2}", "rcv.0.{0|2|-3}.n", "mqs.1.{1|2}", "mqr.1", "say.y"],
    },
    Family {
        name: "sockets",
        setup: &["", "listen.0.s", "tlisten.0.1", "ubind.0.1", "dbind.0.s", "listen.0.s.n", "tlisten.0.1.n"],
        parent: &[
            "listen.0.s",
            "accept.0.2",
            "accept.0.2",
            "dial.1.s",
            "tdial.1.1",
            "tlisten.0.1",
            "w.{1|2}.1",
            "r.{1|2}.2",
            "usend.0.1",
            "dsend.0.s",
            "r.0.2",
            "cr.{0|1|2}",
            "shut.1.1",
            "ready.p.0",
            "wait.{c}",
            "say.x",
            "unlink.s",
        ],
        child: &[
            "dial.1.s",
            "tdial.1.1",
            "dial.1.s",
            "tdial.1.1",
            "w.1.1",
            "r.1.2",
            "usend.0.1",
            "dsend.0.s",
            "cr.{0|1}",
            "accept.0.2",
            "say.y",
            "shut.1.1",
            "ready.{p|e}.0",
        ],
    },
    Family {
        name: "connections",
        setup: &[
            "ignore.13 listen.0.s dial.1.s accept.0.2",
            "ignore.13 tlisten.0.1 tdial.1.1 accept.0.2",
            "ignore.13 plisten.0.s sock.1.p conn.1.s accept.0.2",
            "ignore.13 listen.0.s dial.1.s dial.2.s",
            "ignore.13 listen.0.s sock.1.u sock.2.u",
            "ignore.13 tlisten.0.1 sock.1.t sock.2.t",
            "ignore.13 plisten.0.s sock.1.p sock.2.p",
            "tlisten.0.1 tdial.1.1 tdial.2.1",
        ],
        parent: &[
            "w.{1|2}.1",
            "w.{1|2}.1",
            "r.{1|2}.2",
            "shut.{0|1|2}.{0|1|2}",
            "cr.{0|1|2}",
            "cr.{1|2}",
            "err.{1|2}",
            "peer.{1|2}",
            "ready.p.{1|2}",
            "room.p.{1|2}",
            "pk.{1|2}",
            "conn.{1|2}.s",
            "tconn.{1|2}.1",
            "linger.{1|2}",
            "accept.0.2",
            "listen.3.s",
            "tlisten.3.1",
            "wait.{c}",
            "say.x",
        ],
        child: &[
            "w.{1|2}.1",
            "r.{1|2}.2",
            "r.{1|2}.2",
            "shut.{0|1|2}.{0|1|2}",
            "cr.{0|1|2}",
            "err.{1|2}",
            "peer.{1|2}",
            "poll.{p|e}.{1|2}",
            "room.s.{1|2}",
            "pk.{1|2}",
            "conn.{1|2}.s",
            "tconn.{1|2}.1",
            "linger.{1|2}",
            "accept.0.2",
            "dial.3.s",
            "tdial.3.1",
            "say.y",
        ],
    },
    Family {
        name: "semaphores",
        setup: &["share sem.0.0 sem.1.1", "share sem.0.1 sem.1.1", "share sem.0.2 sem.1.0"],
        parent: &["take.{0|1}", "post.{0|1}", "try.{0|1}", "value.{0|1}", "wait.{c}", "say.x"],
        child: &["take.{0|1}", "post.{0|1}", "try.{0|1}", "value.{0|1}", "say.y", "exit.1"],
    },
    Family {
        name: "mutexes",
        setup: &["share", "share.r", "share lock"],
        parent: &["lock", "unlock", "trylock", "lock cwait unlock", "csignal", "cbroadcast", "wait.{c}", "say.x"],
        child: &["lock", "unlock", "trylock", "lock cwait unlock", "csignal", "cbroadcast", "say.y", "exit.1"],
    },
    Family {
        name: "memory",
        setup: &["share"],
        parent: &["ld.{0|1}", "st.{0|1}.{1|2}", "add.{0|1}.1", "inc.{0|1}.2", "or.0.4", "wait.{c}", "say.x", "any"],
        child: &["ld.{0|1}", "st.{0|1}.{1|2}", "add.{0|1}.1", "inc.{0|1}.2", "or.0.4", "say.y"],
    },
    Family {
        name: "timers",
        setup: &[
            "handle.14 alarm.1000",
            "handle.14.r",
            "block.14 alarm.1000",
            "timerfd.0",
            "timerfd.0.n",
            "alarm.1000",
            "pipe.0 handle.14",
        ],
        parent: &[
            "alarm.{0|1000}",
            "pause",
            "er.0",
            "ready.p.0",
            "wait.{c}",
            "any",
            "say.x",
            "nap",
            "siglook.14",
            "pending.14",
            "unblock.14",
        ],
        child: &["er.0", "ready.p.0", "say.y", "nap", "alarm.{0|1000}", "exit.1", "kill.0.14"],
    },
    Family {
        name: "fifos",
        setup: &["mkfifo.f", "mkfifo.f fopen.0.f.b", "mkfifo.f fopen.0.f.R", "mkfifo.f ignore.13"],
        parent: &[
            "fopen.0.f.{r|w|R|W|b}",
            "fopen.1.f.{r|w}",
            "w.{0|1}.{1|2}",
            "r.{0|1}.{1|5}",
            "cr.{0|1}",
            "unlink.f",
            "wait.{c}",
            "say.x",
        ],
        child: &[
            "fopen.0.f.{r|w|R|W|b}",
            "fopen.1.f.{r|w}",
            "w.{0|1}.{1|2}",
            "r.{0|1}.{1|5}",
            "cr.{0|1}",
            "rename.f.g",
            "say.y",
        ],
    },
    Family {
        name: "pidfds",
        setup: &["", "handle.10", "pipe.1"],
        parent: &[
            "pidfd.0.{c}",
            "poll.p.0",
            "ready.{p|e}.0",
            "waitpidfd.0",
            "waitpidfd.0.n",
            "pidfdkill.0.{9|0|10}",
            "wait.{c}",
            "look",
            "say.x",
            "pidfd.0.0",
        ],
        child: &["say.{x|y}", "exit.{1|2}", "nap", "pidfd.0.0 pidfdkill.0.{10|0}", "pidfd.0.0 poll.p.0"],
    },
    Family {
        name: "orphans",
        setup: &["", "reaper", "reaper handle.17", "handle.10"],
        parent: &[
            "any",
            "any",
            "wait.{c}",
            "look",
            "say.x",
            "exit.3",
            "parent.0",
            "deathsig.{10|9}",
            "reaper",
            "there.{c}",
            "exec.z",
        ],
        child: &["say.{x|y}", "exit.{1|2}", "parent.{0|1}", "deathsig.{10|9}", "nap", "kill.0.10", "exec.z"],
    },
    Family {
        name: "epolls",
        setup: &[
            "pipe.0 event.1.0 epnew.2 epadd.2.0.{l|e|o} epadd.2.1.{l|e|o}",
            "pipe.0 pipe.1 epnew.2 epadd.2.0.{l|e|o}",
            "pair.0.1.s epnew.2 epadd.2.0.{l|e|o}",
        ],
        parent: &[
            "epwait.2",
            "eplook.2",
            "epmod.2.0.{l|e|o}",
            "epadd.2.1.l",
            "w.0.1",
            "w.1.8",
            "r.0.1",
            "r.0.8",
            "cw.0",
            "wait.{c}",
            "say.x",
        ],
        child: &[
            "epwait.2",
            "eplook.2",
            "epmod.2.0.{l|e|o}",
            "w.0.1",
            "w.0.1",
            "w.1.8",
            "r.0.1",
            "cw.0",
            "cr.0",
            "say.y",
        ],
    },
    Family {
        name: "epoll_orders",
        setup: &[
            "pipe.0 event.1.0 epnew.2 epadd.2.0.{l|e} epadd.2.1.{l|e|o}",
            "pipe.0 pipe.1 epnew.2 epadd.2.0.l epadd.2.1.{l|e}",
            "pair.0.1.{s|d} epnew.2 epadd.2.0.{l|e} epadd.2.1.l",
        ],
        parent: &["wait.{c} epwait.2", "wait.{c} eplook.2", "eplook.2", "wait.{c}", "w.0.1", "r.0.8"],
        child: &["w.0.1", "w.1.8", "w.1.8", "cw.0", "cw.1", "eplook.2"],
    },
    Family {
        name: "timeouts",
        setup: &[
            "pipe.0 pair.1.2.s limit.1",
            "event.0.0 pair.1.2.d limit.1",
            "sems.0.0 mq.1.1",
            "handle.10 pipe.0",
            "block.10 pipe.0 pipe.1",
        ],
        parent: &[
            "polltime.{p|s|e}.0",
            "polltime.p.0.1",
            "sigtime.10",
            "optime.0.-1",
            "mqtime.1",
            "r.1.1",
            "w.{0|2}.{1|8}",
            "kill.{c}.10",
            "cw.0",
            "op.0.1",
            "mqs.1.1",
            "wait.{c}",
            "say.x",
        ],
        child: &[
            "polltime.{p|s|e}.0",
            "polltime.p.0.1",
            "sigtime.10",
            "optime.0.-1",
            "mqtime.1",
            "r.1.1",
            "w.{0|2}.{1|8}",
            "kill.0.10",
            "cw.0",
            "op.0.1",
            "mqs.1.1",
            "say.y",
        ],
    },
    Family {
        name: "timeouts_shared",
        setup: &["share sem.0.0", "share sem.0.1", "share lock sem.0.0"],
        parent: &["taketime.0", "post.0", "locktime", "unlock", "wait.{c}", "say.x", "nap"],
        child: &["taketime.0", "post.0", "locktime", "unlock", "say.y", "nap"],
    },
    // Made of two of the others.
    Family { name: PHASES, setup: &[], parent: &[], child: &[] },
    Family { name: MIXED, setup: &[], parent: &[], child: &[] },
];

/// One child after the other has ended, perhaps two at first: in between the parent is alone, in a state that may be that of another run.
const PHASES: &str = "phases";

const MIXED: &str = "mixed";

/// One parent and three or four children. Without reduction that is never done, so it is the model that judges.
const CROWD: &str = "crowd";

/// Chance that follows from a number.
pub struct Dice(u64);

impl Dice {
    /// That of a family's program of this number.
    pub fn of(family: &str, number: u64) -> Dice {
        let mut hasher = DefaultHasher::new();
        (family, number).hash(&mut hasher);
        Dice(hasher.finish())
    }

    pub fn below(&mut self, number: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % number
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    /// The word, with one choice made wherever it leaves one.
    fn filled(&mut self, word: &str, parent: usize, children: &[usize]) -> String {
        let mut filled = String::new();
        let mut rest = word;
        while let Some((before, after)) = rest.split_once('{') {
            let (choice, after) = after.split_once('}').unwrap_or((after, ""));
            filled += before;
            filled += &match choice {
                "c" => children[self.below(children.len())].to_string(),
                "o" if self.below(3) == 0 => parent.to_string(),
                "o" => children[self.below(children.len())].to_string(),
                choices => self.one_of(&choices.split('|').collect::<Vec<_>>()).to_owned(),
            };
            rest = after;
        }
        filled + rest
    }
}

impl Family {
    /// The family's program of this number.
    pub fn program(&self, number: u64) -> String {
        let mut dice = Dice::of(self.name, number);
        let of: Vec<&Family> = match self.name {
            MIXED | PHASES => (0..2).map(|_| &FAMILIES[dice.below(FAMILIES.len() - 2)]).collect(),
            _ => vec![self],
        };
        let parent: Vec<&str> = of.iter().flat_map(|family| family.parent).copied().collect();
        let child: Vec<&str> = of.iter().flat_map(|family| family.child).copied().collect();
        // With three processes fewer operations, or `--no-reduction` is never done.
        if self.name == PHASES {
            return phases(&mut dice, &of, &parent, &child);
        }
        let is_crowd = self.name == CROWD;
        let shape = if is_crowd { 6 + dice.below(2) } else { dice.below(6) };
        let (children, most): ([&[usize]; 2], usize) = match shape {
            0 => ([&[1, 2], &[]], 2),
            1 => ([&[1], &[2]], 2),
            2 => ([&[1], &[]], 5),
            6 => ([&[1, 2, 3], &[]], 5),
            7 => ([&[1, 2, 3, 4], &[]], 5),
            _ => ([&[1], &[]], 3),
        };
        let processes = 1 + children.iter().map(|of| of.len()).sum::<usize>();
        let children = |process: usize| children.get(process).copied().unwrap_or_default();
        let parent_of = |process: usize| usize::from(shape == 1 && process == 2);
        let parts = (0..processes).map(|process| {
            let mut words: Vec<String> = Vec::new();
            if process == 0 {
                for family in &of {
                    let setup = dice.one_of(family.setup);
                    words.push(dice.filled(setup, 0, &[]));
                }
            }
            words.extend(children(process).iter().map(|child| format!("fork.{child}")));
            let most = if is_crowd && process > 0 { 1 } else { most };
            for _ in 0..1 + dice.below(most) {
                let word = dice.one_of(if children(process).is_empty() { &child } else { &parent });
                words.push(dice.filled(word, parent_of(process), children(process)));
            }
            words.retain(|word| !word.is_empty());
            words.join(" ")
        });
        parts.collect::<Vec<_>>().join("|")
    }
}

/// A parent that waits for each child of a phase before the next phase begins.
fn phases(dice: &mut Dice, of: &[&Family], parent: &[&str], child: &[&str]) -> String {
    let one_of = |dice: &mut Dice, words: &[&str], children: &[usize]| {
        let word = dice.one_of(words);
        dice.filled(word, 0, children)
    };
    let first: &[usize] = if dice.below(2) == 0 { &[1] } else { &[1, 2] };
    let mut words: Vec<String> = of.iter().map(|family| one_of(dice, family.setup, &[])).collect();
    let mut parts = vec![Vec::new()];
    for children in [first, &[first.len() + 1], &[first.len() + 2]] {
        words.extend(children.iter().map(|child| format!("fork.{child}")));
        words.extend((0..dice.below(3)).map(|_| one_of(dice, parent, children)).collect::<Vec<_>>());
        // (Who was waited for already is not there any more.)
        words.extend(children.iter().map(|child| format!("wait.{child}")));
        parts.extend(children.iter().map(|_| (0..1 + dice.below(2)).map(|_| one_of(dice, child, &[])).collect()));
    }
    parts[0] = words;
    let joined = |mut words: Vec<String>| {
        words.retain(|word| !word.is_empty());
        words.join(" ")
    };
    parts.into_iter().map(joined).collect::<Vec<_>>().join("|")
}
