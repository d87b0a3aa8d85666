//! Users of a queue are killed at random, hundreds of times, while they put and get; then every item is counted.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use multiprocess::{Process, Queue};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::forking::{Case, assert_no_children, open_descriptors, shared_mappings};

pub const CASES: &[Case] = cases![
    a_queue_that_is_mostly_full_or_empty_survives,
    a_queue_with_room_survives,
    a_queue_of_large_messages_survives,
];

fn a_queue_that_is_mostly_full_or_empty_survives() {
    soak(Queue::bounded(100).unwrap(), 40);
}

fn a_queue_with_room_survives() {
    soak(Queue::new().unwrap(), 40);
}

fn a_queue_of_large_messages_survives() {
    soak(Queue::bounded(100_000).unwrap(), 60_000);
}

/// So many are killed at most in each test.
const MOST_KILLS: usize = 1500;

/// So many are killed, however long it takes on a slow machine; the runner ends what takes for ever. With
/// `MULTIPROCESS_TEST_ALL=1` it is as many as there is room for.
fn kills() -> usize {
    if std::env::var_os("MULTIPROCESS_TEST_ALL").is_some() { MOST_KILLS } else { 500 }
}

/// So many of each kind are alive at any time.
const PUTTERS: usize = 3;
const GETTERS: usize = 3;

/// Putters one after the other, and what each may put.
const ALL_PUTTERS: usize = MOST_KILLS + PUTTERS;
const ITEMS: usize = 20_000;

#[derive(Serialize, Deserialize)]
struct Item {
    putter: u32,
    number: u32,
    content: ByteBuf,
}

/// Of every length up to `longest`, and never the same twice running.
fn content(putter: u32, number: u32, longest: usize) -> Vec<u8> {
    let seed = putter.wrapping_mul(31).wrapping_add(number) as usize;
    vec![seed as u8; seed.wrapping_mul(7919) % (longest + 1)]
}

/// What the processes note, in memory of their own that they share.
struct Notes {
    /// Items that a putter has put for certain.
    put: [AtomicU32; ALL_PUTTERS],
    /// How often each item of each putter was got.
    got: [[AtomicU32; ITEMS]; ALL_PUTTERS],
    /// The getter that got an item out of order, or torn, says so here.
    fault: AtomicBool,
    /// Nothing more is put.
    over: AtomicBool,
}

struct Shared(*mut Notes);

impl Shared {
    fn new() -> Shared {
        Shared(crate::forking::shared_zeros())
    }
}

impl Deref for Shared {
    type Target = Notes;
    fn deref(&self) -> &Notes {
        // SAFETY: mapped in `new` and never unmapped; zeros are right for atomics.
        unsafe { &*self.0 }
    }
}

fn putter(queue: &Queue<Item>, notes: &Notes, me: u32, longest: usize) {
    for number in 0..ITEMS as u32 {
        let mut item = Item { putter: me, number, content: ByteBuf::from(content(me, number, longest)) };
        match number % 3 {
            0 => queue.put(&item).unwrap(),
            1 => {
                while let Err(back) = queue.try_put(item) {
                    item = back.value;
                }
            }
            _ => {
                while let Err(back) = queue.put_timeout(item, Duration::from_micros(200)) {
                    item = back.value;
                }
            }
        }
        notes.put[me as usize].store(number + 1, Ordering::SeqCst);
        if notes.over.load(Ordering::Relaxed) {
            return;
        }
    }
}

fn note(notes: &Notes, last: &mut [i64], item: &Item, longest: usize) {
    let (putter, number) = (item.putter as usize, item.number as usize);
    let sound = last[putter] < number as i64 && item.content.as_slice() == content(item.putter, item.number, longest);
    last[putter] = number as i64;
    if !sound {
        notes.fault.store(true, Ordering::SeqCst);
    }
    notes.got[putter][number].fetch_add(1, Ordering::SeqCst);
}

fn getter(queue: &Queue<Item>, notes: &Notes, longest: usize) {
    let mut last = vec![-1; ALL_PUTTERS];
    for turn in 0_u32.. {
        let item = match turn % 3 {
            0 => Some(queue.get().unwrap()),
            1 => queue.try_get().unwrap(),
            _ => queue.get_timeout(Duration::from_micros(200)).unwrap(),
        };
        if let Some(item) = item {
            note(notes, &mut last, &item, longest);
        }
    }
}

fn soak(queue: Queue<Item>, longest: usize) {
    let descriptors = open_descriptors();
    let notes = Shared::new();
    let mut random = Random(Instant::now().elapsed().as_nanos() as u64 ^ u64::from(std::process::id()) << 20 | 1);

    let mut putters = 0;
    let mut next_putter = || {
        putters += 1;
        Process::spawn(|| putter(&queue, &notes, putters - 1, longest)).unwrap()
    };
    let next_getter = || Process::spawn(|| getter(&queue, &notes, longest)).unwrap();
    let mut users: Vec<Process> = Vec::new();
    users.extend((0..PUTTERS).map(|_| next_putter()));
    users.extend((0..GETTERS).map(|_| next_getter()));

    let (mut kills, mut getters_killed) = (0, 0);
    while kills < self::kills() {
        std::thread::sleep(Duration::from_micros(random.below(1500)));
        let victim = random.below((PUTTERS + GETTERS) as u64) as usize;
        users[victim].kill().unwrap();
        users[victim].join().unwrap();
        kills += 1;
        users[victim] = if victim < PUTTERS {
            next_putter()
        } else {
            getters_killed += 1;
            next_getter()
        };
    }

    // The putters that live end by themselves, and nothing keeps them from it.
    notes.over.store(true, Ordering::Relaxed);
    for putter in &mut users[..PUTTERS] {
        assert!(putter.join().unwrap().success());
    }
    let mut getters = users.split_off(PUTTERS);
    crate::forking::wait_until(|| queue.is_empty());
    for getter in &mut getters {
        getter.kill().unwrap();
        getter.join().unwrap();
    }
    getters_killed += GETTERS;
    assert!(queue.try_get().unwrap().is_none());

    assert!(!notes.fault.load(Ordering::SeqCst), "an item came out of order, or torn");
    let (mut items, mut lost) = (0, 0);
    for putter in 0..putters as usize {
        let put = notes.put[putter].load(Ordering::SeqCst) as usize;
        for (number, got) in notes.got[putter].iter().enumerate().take(put + 2) {
            let got = got.load(Ordering::SeqCst);
            assert!(got <= 1, "item {number} of putter {putter} was got {got} times");
            assert!(got == 0 || number <= put, "item {number} of putter {putter} was got, and never put");
            lost += usize::from(number < put && got == 0);
        }
        items += put;
    }
    println!("    {kills} kills, {items} items, {lost} gone with {getters_killed} getters");
    assert!(lost <= getters_killed, "more was lost than was in dead hands");
    assert!(items > kills, "they were killed before they did anything");

    drop((users, getters, queue));
    assert_no_children();
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
}

/// Xorshift: good enough to be unforeseen.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
