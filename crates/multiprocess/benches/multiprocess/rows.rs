//! The rows of the table.

use crate::Cell;
use crate::{bare, ours, peers};

pub struct Row {
    pub work: &'static str,
    pub unit: Unit,
    /// What the first cell, which is ours, is to reach.
    pub goal: Goal,
    /// So many measurements of each of the first two cells, by turns, are one sample of them.
    pub turns: usize,
    pub cells: &'static [Cell],
}

#[derive(Clone, Copy, PartialEq)]
pub enum Unit {
    /// More is better.
    PerSecond,
    /// More is better.
    BytesPerSecond,
    /// Less is better.
    Microseconds,
    /// Less is better.
    Kibibytes,
}

pub enum Goal {
    None,
    /// In the row's unit.
    Value(f64),
    /// So many times the time of the first limit, at most.
    TimesLimit(f64),
    /// So much of the first limit's speed, at least.
    OfLimit(f64),
}

const fn us(sample: fn() -> f64) -> Cell {
    Cell { column: "multiprocess", label: "", sample }
}

const fn limit(label: &'static str, sample: fn() -> f64) -> Cell {
    Cell { column: "limit", label, sample }
}

const fn peer(column: &'static str, sample: fn() -> f64) -> Cell {
    Cell { column, label: "", sample }
}

pub static ROWS: &[Row] = &[
    Row {
        work: "start and join a process",
        unit: Unit::Microseconds,
        goal: Goal::TimesLimit(1.15),
        turns: 20,
        cells: &[
            us(ours::start_and_join),
            limit("fork, _exit, waitpid", bare::start_and_join),
            peer("procspawn", peers::procspawn_start_and_join),
            peer("Python", || peers::python("start_and_join")),
        ],
    },
    Row {
        work: "pool: one task at a time, results collected",
        unit: Unit::PerSecond,
        goal: Goal::Value(1e6),
        turns: 1,
        cells: &[
            us(ours::pool_tasks),
            limit("ring there, ring back", bare::ring_there_and_back),
            limit("pipe there, pipe back", bare::pipe_there_and_back),
            peer("procspawn", peers::procspawn_tasks),
            peer("Python", || peers::python("pool_tasks")),
        ],
    },
    Row {
        work: "pool: round trip of one task",
        unit: Unit::Microseconds,
        goal: Goal::TimesLimit(1.3),
        turns: 20,
        cells: &[
            us(ours::pool_round_trip),
            limit("pipe ping-pong", bare::pipe_ping_pong),
            peer("procspawn", peers::procspawn_round_trip),
            peer("Python", || peers::python("pool_round_trip")),
        ],
    },
    Row {
        work: "pool: map of 2,000,000 integers",
        unit: Unit::PerSecond,
        goal: Goal::Value(30e6),
        turns: 1,
        cells: &[
            us(ours::pool_map),
            limit("ring there, ring back", bare::ring_there_and_back),
            peer("Python", || peers::python("pool_map")),
        ],
    },
    Row {
        work: "queue: items of 8 bytes",
        unit: Unit::PerSecond,
        goal: Goal::Value(8e6),
        turns: 1,
        cells: &[
            us(ours::queue::<8>),
            limit("ring", bare::ring::<8>),
            limit("pipe", bare::pipe::<8>),
            peer("ipc-channel", peers::ipc_channel::<8>),
            peer("iceoryx2", || peers::iceoryx2("queue 8")),
            peer("Python", || peers::python("queue 8")),
        ],
    },
    Row {
        work: "queue: items of 8 bytes, split",
        unit: Unit::PerSecond,
        goal: Goal::OfLimit(0.9),
        turns: 5,
        cells: &[us(ours::queue_by_ends::<8>), limit("not split", ours::queue::<8>)],
    },
    Row {
        work: "queue: items of 8 bytes, many at once",
        unit: Unit::PerSecond,
        goal: Goal::OfLimit(0.5),
        turns: 1,
        cells: &[us(ours::queue_in_batches::<8>), limit("ring", bare::ring::<8>)],
    },
    Row {
        work: "queue: items of 64 bytes",
        unit: Unit::PerSecond,
        goal: Goal::Value(5e6),
        turns: 1,
        cells: &[
            us(ours::queue::<64>),
            limit("ring", bare::ring::<64>),
            limit("pipe", bare::pipe::<64>),
            peer("ipc-channel", peers::ipc_channel::<64>),
            peer("iceoryx2", || peers::iceoryx2("queue 64")),
            peer("Python", || peers::python("queue 64")),
        ],
    },
    Row {
        work: "queue: items of 4 KiB",
        unit: Unit::PerSecond,
        goal: Goal::Value(1.2e6),
        turns: 1,
        cells: &[
            us(ours::queue_of_bytes::<4096>),
            limit("ring", bare::ring::<4096>),
            limit("pipe", bare::pipe::<4096>),
            peer("ipc-channel", peers::ipc_channel::<4096>),
            peer("iceoryx2", || peers::iceoryx2("queue 4096")),
            peer("Python", || peers::python("queue 4096")),
        ],
    },
    Row {
        work: "queue: items of 1 MiB",
        unit: Unit::BytesPerSecond,
        goal: Goal::OfLimit(0.8),
        turns: 5,
        cells: &[
            us(|| MIB as f64 * ours::queue_of_bytes::<MIB>()),
            limit("memcpy, 4 MiB to 4 MiB", || bare::memcpy(4)),
            limit("memcpy, all in the cache", || bare::memcpy(1)),
            limit("ring", || MIB as f64 * bare::ring::<MIB>()),
            limit("pipe", || MIB as f64 * bare::pipe::<MIB>()),
            peer("ipc-channel", || MIB as f64 * peers::ipc_channel::<MIB>()),
            peer("iceoryx2", || MIB as f64 * peers::iceoryx2("queue 1048576")),
            peer("Python", || MIB as f64 * peers::python("queue 1048576")),
        ],
    },
    Row {
        work: "queue: u64, 2 producers, 2 consumers",
        unit: Unit::PerSecond,
        goal: Goal::None,
        turns: 1,
        cells: &[us(ours::queue_of_many), peer("Python", || peers::python("queue_of_many"))],
    },
    Row {
        work: "queue: round trip over two queues",
        unit: Unit::Microseconds,
        goal: Goal::None,
        turns: 20,
        cells: &[
            us(ours::queue_round_trip),
            limit("pipe ping-pong", bare::pipe_ping_pong),
            peer("ipc-channel", peers::ipc_channel_round_trip),
            peer("Python", || peers::python("queue_round_trip")),
        ],
    },
    Row {
        work: "queue: round trip, its processor time",
        unit: Unit::Microseconds,
        goal: Goal::None,
        turns: 1,
        cells: &[us(ours::queue_round_trip_cpu)],
    },
    Row {
        work: "queue: round trip, spinning",
        unit: Unit::Microseconds,
        goal: Goal::None,
        turns: 1,
        cells: &[us(ours::queue_round_trip_spinning), peer("iceoryx2", || peers::iceoryx2("round_trip"))],
    },
    Row {
        work: "queue: round trip, spinning, its processor time",
        unit: Unit::Microseconds,
        goal: Goal::None,
        turns: 1,
        cells: &[us(ours::queue_round_trip_spinning_cpu), peer("iceoryx2", || peers::iceoryx2("round_trip_cpu"))],
    },
    Row {
        work: "private memory of an idle worker",
        unit: Unit::Kibibytes,
        goal: Goal::Value(1024.0),
        turns: 1,
        cells: &[
            us(ours::idle_worker),
            limit("fork, pause", bare::idle_process),
            peer("procspawn", peers::procspawn_idle_worker),
            peer("Python", || peers::python("idle_worker")),
        ],
    },
];

const MIB: usize = 1 << 20;
