//! Workers are killed at random, hundreds of times, while they work; then every answer is counted.

use std::process::id;
use std::time::Duration;

use multiprocess::{Pool, PoolBuilder, Process, TaskError};

use crate::forking::{
    Case, Killer, assert_no_children, children, kill_child, next_random, open_descriptors, shared_mappings,
};

pub const CASES: &[Case] = cases![
    every_task_is_answered_once_while_workers_are_killed,
    streams_and_chunks_are_complete_while_workers_are_killed,
    a_pool_used_by_threads_survives_too,
    nobody_is_forgotten_when_several_are_killed_at_once,
    the_fork_server_killed_under_load_never_hangs_anybody,
];

/// So many workers are killed in each test, however long it takes on a slow machine; the runner ends what takes for ever. With
/// `MULTIPROCESS_TEST_ALL=1` it is thirty times as many.
fn kills() -> u32 {
    if std::env::var_os("MULTIPROCESS_TEST_ALL").is_some() { 3000 } else { 100 }
}

/// Answers of all sizes: some in one piece of the ring, some in several.
fn work(n: u64) -> Vec<u64> {
    let length = match n % 1000 {
        0 => 400_000,
        1..50 => 1_000,
        _ => n % 7,
    };
    vec![n; length as usize]
}

#[derive(Default)]
struct Count {
    values: u64,
    deaths: u64,
}

impl Count {
    fn add(&mut self, n: Option<u64>, answer: Result<Vec<u64>, TaskError>) {
        match answer {
            Ok(values) => {
                self.values += 1;
                if let Some(n) = n.or(values.first().copied()) {
                    assert!(values == work(n), "the answer to {n} is not whole");
                }
            }
            Err(TaskError::WorkerDied { status: Some(_), .. }) => self.deaths += 1,
            Err(other) => panic!("{other}"),
        }
    }
}

fn every_task_is_answered_once_while_workers_are_killed() {
    let descriptors = open_descriptors();
    // Some workers end by themselves in between.
    let pool = PoolBuilder::new().workers(3).max_tasks_per_worker(500).start().unwrap();
    let killer = Killer::of_children(children(id())[0], kills());
    let mut count = Count::default();
    let mut asked = 0;
    let mut dropped = 0_u64;
    while !killer.is_done() {
        let results: Vec<_> = (0..1000).map(|n| (n, pool.apply_async(work, n).unwrap())).collect();
        for (n, result) in results {
            // Of some nobody asks: those that die are counted by join.
            if n % 10 == 9 {
                dropped += 1;
            } else {
                asked += 1;
                count.add(Some(n), result.get());
            }
        }
    }
    let kills = killer.stop();
    let unasked = pool.close().join().map_or_else(|e| e.failures() as u64, |()| 0);
    println!(
        "    {kills} kills, {} values, {} deaths, of {asked} tasks; {unasked} deaths of {dropped} more",
        count.values, count.deaths
    );
    assert_eq!(count.values + count.deaths, asked);
    assert!(count.deaths + unasked <= kills.into(), "no more tasks fail than workers are killed");
    assert_no_children();
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
}

fn streams_and_chunks_are_complete_while_workers_are_killed() {
    let descriptors = open_descriptors();
    let pool = Pool::new(3).unwrap();
    let killer = Killer::of_children(children(id())[0], kills());
    while !killer.is_done() {
        let mut count = Count::default();
        for answer in pool.imap_unordered(work, 0..500) {
            count.add(None, answer.map_err(TaskError::from));
        }
        assert_eq!(count.values + count.deaths, 500);
        match pool.map(|n: u64| n + 1, 0..500) {
            Ok(results) => assert!(results.into_iter().eq(1..501)),
            Err(error) => assert!(matches!(error, TaskError::WorkerDied { .. }), "{error}"),
        }
    }
    let kills = killer.stop();
    println!("    {kills} kills");
    pool.close().join().unwrap();
    assert_no_children();
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
}

fn a_pool_used_by_threads_survives_too() {
    let pool = Pool::new(2).unwrap();
    // Made before the threads are.
    let killer = Killer::of_children(children(id())[0], kills());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !killer.is_done() {
                    let mut count = Count::default();
                    let results: Vec<_> = (0..100).map(|n| (n, pool.apply_async(work, n).unwrap())).collect();
                    for (n, result) in results {
                        count.add(Some(n), result.get());
                    }
                    assert_eq!(count.values + count.deaths, 100);
                }
            });
        }
    });
    let kills = killer.stop();
    println!("    {kills} kills");
    pool.close().join().unwrap();
    assert_no_children();
}

/// Workers with little to do meet at the rings' locks all the time: one is killed when it has been woken, another with the lock
/// in its hands, a third waits for both.
fn nobody_is_forgotten_when_several_are_killed_at_once() {
    let mut bursts = 0;
    // Each kills three or four.
    while bursts < kills() / 3 {
        let pool = Pool::new(6).unwrap();
        let server = children(id())[0];
        for _ in 0..20 {
            let results: Vec<_> = (0..4000_u64).map(|n| (n, pool.apply_async(|n| 2 * n, n).unwrap())).collect();
            let mut killer = Process::spawn(|| kill_some(server)).unwrap();
            for (n, result) in results {
                match result.get() {
                    Ok(twice) => assert_eq!(twice, 2 * n),
                    Err(error) => assert!(matches!(error, TaskError::WorkerDied { .. }), "{error}"),
                }
            }
            assert!(killer.join().unwrap().success());
            bursts += 1;
        }
        pool.close().join().unwrap();
        assert_no_children();
    }
    println!("    {bursts} bursts");
}

/// Kills up to all workers of a fork server within about a millisecond.
fn kill_some(server: u32) {
    let mut random = u64::from(id()) << 32 | u64::from(server) | 1;
    for worker in children(server) {
        random = next_random(random);
        if random % 3 > 0 {
            kill_child(worker, server);
            std::thread::sleep(Duration::from_micros(random / 3 % 200));
        }
    }
}

fn the_fork_server_killed_under_load_never_hangs_anybody() {
    let descriptors = open_descriptors();
    for _ in 0..50 {
        let pool = Pool::new(2).unwrap();
        let killer = Killer::of_children(id(), 1);
        // More than the ring of answers holds, so that all kinds of waiting are interrupted.
        let results: Vec<_> = (0..2000).map_while(|n| pool.apply_async(|n: u64| vec![n; 500], n).ok()).collect();
        for result in results {
            match result.get() {
                Ok(values) => assert_eq!(values.len(), 500),
                Err(error) => assert!(matches!(error, TaskError::PoolBroken(_)), "{error}"),
            }
        }
        // It may have been killed by now, or will be.
        let _ = pool.close().join();
        killer.stop();
        assert_no_children();
    }
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, 0));
}
