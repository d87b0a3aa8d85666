//! This library.

use std::hint::black_box;
use std::time::Instant;

use multiprocess::{Pool, Process, Queue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::{ByteArray, ByteBuf};

use crate::bare::items;
use crate::bare::private_kibibytes;

pub fn start_and_join() -> f64 {
    const TIMES: u32 = 25;
    let start = Instant::now();
    for _ in 0..TIMES {
        Process::spawn(|| ()).unwrap().join().unwrap();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}

fn next(n: u64) -> u64 {
    n + 1
}

pub fn pool_tasks() -> f64 {
    const TASKS: u64 = 300_000;
    let pool = Pool::new(2).unwrap();
    assert_eq!(pool.apply_async(next, 1).unwrap().get().unwrap(), 2);
    let start = Instant::now();
    let results: Vec<_> = (0..TASKS).map(|n| pool.apply_async(next, n).unwrap()).collect();
    let sum: u64 = results.into_iter().map(|result| result.get().unwrap()).sum();
    let elapsed = start.elapsed();
    assert_eq!(sum, TASKS * (TASKS + 1) / 2);
    TASKS as f64 / elapsed.as_secs_f64()
}

pub fn pool_round_trip() -> f64 {
    const TIMES: u64 = 1_000;
    let pool = Pool::new(1).unwrap();
    pool.apply_async(next, 1).unwrap().get().unwrap();
    let start = Instant::now();
    for n in 0..TIMES {
        assert_eq!(pool.apply_async(next, n).unwrap().get().unwrap(), n + 1);
    }
    start.elapsed().as_secs_f64() * 1e6 / TIMES as f64
}

pub fn pool_map() -> f64 {
    const INTEGERS: u64 = 2_000_000;
    let pool = Pool::new(2).unwrap();
    pool.apply_async(next, 1).unwrap().get().unwrap();
    let start = Instant::now();
    let results: Vec<u64> = pool.map(next, 0..INTEGERS).unwrap();
    let elapsed = start.elapsed();
    assert!(results.iter().zip(1..).all(|(&result, n)| result == n));
    INTEGERS as f64 / elapsed.as_secs_f64()
}

pub fn queue<const SIZE: usize>() -> f64 {
    one_to_one(items(SIZE), &ByteArray::new([7; SIZE]))
}

pub fn queue_of_bytes<const SIZE: usize>() -> f64 {
    one_to_one(items(SIZE), &ByteBuf::from(vec![7; SIZE]))
}

/// Items per second from one process to another, once both are there.
fn one_to_one<T: Serialize + DeserializeOwned>(items: usize, item: &T) -> f64 {
    let queue = Queue::<T>::new().unwrap();
    let mut producer = Process::spawn(|| (0..items).for_each(|_| queue.put(item).unwrap())).unwrap();
    // As long as the ring's memory is new, the kernel is measured.
    let first = items / 4;
    for _ in 0..first {
        black_box(queue.get().unwrap());
    }
    let start = Instant::now();
    for _ in first..items {
        black_box(queue.get().unwrap());
    }
    let elapsed = start.elapsed();
    producer.join().unwrap();
    (items - first) as f64 / elapsed.as_secs_f64()
}

/// As [`queue`], with the queue's two ends.
pub fn queue_by_ends<const SIZE: usize>() -> f64 {
    let (items, item) = (items(SIZE), ByteArray::new([7; SIZE]));
    let (sender, receiver) = Queue::<ByteArray<SIZE>>::new().unwrap().split().unwrap();
    let mut producer = Process::spawn(move || (0..items).for_each(|_| sender.put(item).unwrap())).unwrap();
    let first = items / 4;
    for _ in 0..first {
        black_box(receiver.get().unwrap());
    }
    let start = Instant::now();
    for _ in first..items {
        black_box(receiver.get().unwrap());
    }
    let elapsed = start.elapsed();
    producer.join().unwrap();
    (items - first) as f64 / elapsed.as_secs_f64()
}

/// As [`queue`], with `put_many` and `get_many`.
pub fn queue_in_batches<const SIZE: usize>() -> f64 {
    const BATCH: usize = 256;
    let batches = items(SIZE) / BATCH;
    let queue = Queue::<ByteArray<SIZE>>::new().unwrap();
    let batch = vec![ByteArray::new([7; SIZE]); BATCH];
    let mut producer = Process::spawn(|| (0..batches).for_each(|_| queue.put_many(&batch).unwrap())).unwrap();
    let get = |most: usize| {
        let mut got = 0;
        while got < most {
            got += black_box(queue.get_many(BATCH).unwrap()).len();
        }
        got
    };
    let first = get(batches / 4 * BATCH);
    let start = Instant::now();
    let rest = get(batches * BATCH - first);
    let elapsed = start.elapsed();
    producer.join().unwrap();
    rest as f64 / elapsed.as_secs_f64()
}

pub fn queue_of_many() -> f64 {
    const ITEMS: u64 = 300_000;
    let queue = Queue::<u64>::new().unwrap();
    // To start the processes takes about a hundredth of the whole.
    let start = Instant::now();
    let mut processes: Vec<Process> = Vec::new();
    for _ in 0..2 {
        processes.push(Process::spawn(|| (0..ITEMS).for_each(|n| queue.put(n).unwrap())).unwrap());
        processes.push(Process::spawn(|| (0..ITEMS).for_each(|_| _ = black_box(queue.get().unwrap()))).unwrap());
    }
    for process in &mut processes {
        process.join().unwrap();
    }
    2.0 * ITEMS as f64 / start.elapsed().as_secs_f64()
}

pub fn queue_round_trip() -> f64 {
    round_trip(|queue| queue.get().unwrap()).0
}

pub fn queue_round_trip_cpu() -> f64 {
    round_trip(|queue| queue.get().unwrap()).1
}

/// Whoever waits looks again and again, and never sleeps.
fn spin(queue: &Queue<u64>) -> u64 {
    loop {
        match queue.try_get().unwrap() {
            Some(n) => return n,
            None => std::hint::spin_loop(),
        }
    }
}

pub fn queue_round_trip_spinning() -> f64 {
    round_trip(spin).0
}

pub fn queue_round_trip_spinning_cpu() -> f64 {
    round_trip(spin).1
}

/// How many µs a round trip takes, and how many µs of processor time both processes use for it.
fn round_trip(get: impl Fn(&Queue<u64>) -> u64) -> (f64, f64) {
    const TIMES: u64 = 1_000;
    let (there, back) = (Queue::<u64>::new().unwrap(), Queue::<u64>::new().unwrap());
    let mut other = Process::spawn(|| {
        back.put(get(&there) + 1).unwrap();
        let used = processor_time();
        (0..TIMES).for_each(|_| back.put(get(&there) + 1).unwrap());
        back.put(processor_time() - used).unwrap();
    })
    .unwrap();
    there.put(0).unwrap();
    back.get().unwrap();
    let (start, used) = (Instant::now(), processor_time());
    for n in 0..TIMES {
        there.put(n).unwrap();
        assert_eq!(get(&back), n + 1);
    }
    let (elapsed, used) = (start.elapsed(), processor_time() - used + back.get().unwrap());
    other.join().unwrap();
    (elapsed.as_secs_f64() * 1e6 / TIMES as f64, used as f64 / 1e3 / TIMES as f64)
}

/// How much processor time this process has used, in nanoseconds.
fn processor_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the time is written to a live place.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

pub fn idle_worker() -> f64 {
    let pool = Pool::new(1).unwrap();
    let worker = pool.apply_async(|()| std::process::id(), ()).unwrap().get().unwrap();
    private_kibibytes(worker)
}
