//! What lies at the start of a ring's memory.

use std::sync::atomic::{AtomicU32, AtomicU64};

use crate::shared::lock::RobustLock;

/// The words at the start of the mapping, each group on cache lines of its own.
#[repr(C)]
pub(super) struct Control {
    pub(super) tail_side: Line<TailSide>,
    pub(super) tail: Line<AtomicU64>,
    pub(super) head_side: Line<HeadSide>,
    pub(super) head: Line<AtomicU64>,
    /// Held by the one taker that sleeps, or is about to.
    pub(super) take_turn: Line<RobustLock>,
    /// Held by the one putter that sleeps, or is about to.
    pub(super) put_turn: Line<RobustLock>,
    pub(super) settled: Line<Settled>,
    /// What is over: see [`State`]. Both ends look at it each time, so nothing that is written often may lie beside it.
    pub(super) state: Line<AtomicU32>,
}

/// Whether there is anything to wait for.
#[derive(Clone, Copy)]
pub(crate) struct State(pub(super) u32);

impl State {
    /// Nothing is put any more.
    pub(super) const CLOSED: u32 = 1;
    /// Somebody keeps account of who has which side of the ring.
    pub(super) const SPLIT: u32 = 2;
    /// Nobody is left who puts.
    pub(super) const SENDERS_GONE: u32 = 4;
    /// Nobody is left who takes.
    pub(super) const RECEIVERS_GONE: u32 = 8;

    pub(crate) fn is_closed(self) -> bool {
        self.0 & State::CLOSED != 0
    }

    /// Whether what is in the ring is all that comes, as far as can be known.
    pub(crate) fn ends_taking(self) -> bool {
        self.0 & (State::CLOSED | State::SENDERS_GONE) != 0
    }

    pub(super) fn ends_putting(self) -> bool {
        self.0 & (State::CLOSED | State::RECEIVERS_GONE) != 0
    }
}

/// The two sides of a ring, or one of them, or none.
#[derive(Clone, Copy)]
pub(crate) struct Sides {
    /// Those who put.
    pub(crate) senders: bool,
    /// Those who take.
    pub(crate) receivers: bool,
}

impl Sides {
    pub(super) fn bits(self) -> u32 {
        let bit = |bit, is_set| if is_set { bit } else { 0 };
        bit(State::SENDERS_GONE, self.senders) | bit(State::RECEIVERS_GONE, self.receivers)
    }
}

/// What has become of the records that were taken.
#[repr(C)]
pub(super) struct Settled {
    /// Records that are done with, modulo 2³².
    pub(super) done: AtomicU32,
    /// Not 0: somebody sleeps on `done` until all are.
    pub(super) awaited: AtomicU32,
}

/// What a putter needs besides the tail. Written under the lock, unless said otherwise.
#[repr(C)]
pub(super) struct TailSide {
    pub(super) lock: RobustLock,
    /// Where the head was when a putter last looked. The head is there or further on.
    pub(super) known_head: AtomicU64,
    /// 1: a taker sleeps on this word, or did until it died.
    pub(super) taker_sleeps: AtomicU32,
    /// 1: a putter has waited for room longer than those who come now, which line up behind it. Written by the holder
    /// of `put_turn`. After its death it stays 1 until the next one has had its turn.
    pub(super) putter_waits: AtomicU32,
    /// Units of the last record put, as a guess at the next.
    pub(super) last_record: AtomicU32,
    /// 1: the bell is to be rung for the next record.
    pub(super) bell_wanted: AtomicU32,
}

/// What a taker needs besides the head. Written under the lock.
#[repr(C)]
pub(super) struct HeadSide {
    pub(super) lock: RobustLock,
    /// Where the tail was when a taker last looked. The tail is there or further on.
    pub(super) known_tail: AtomicU64,
    /// Not 0: a putter sleeps on this word until so many units are free, or did until it died.
    pub(super) putter_wants: AtomicU32,
    /// Not 0: a taker died with the lock, and nobody has told those who keep notes: [`UNSETTLED`] and the number of
    /// the record that was in front.
    pub(super) unsettled: AtomicU64,
}

pub(super) const UNSETTLED: u64 = 1 << 32;

/// Two cache lines: processors fetch them in pairs.
#[repr(C, align(128))]
pub(super) struct Line<T>(pub(super) T);
