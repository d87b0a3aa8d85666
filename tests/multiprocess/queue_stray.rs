//! What a queue does when one of its processes goes astray and writes over the memory that they share: the others get
//! errors or wrong items, but no invalid values, and they neither crash nor wait for ever.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use multiprocess::{Process, Queue};

use crate::forking::{Case, shared, sleeps, wait_until};

pub const CASES: &[Case] = cases![
    no_word_of_the_head_makes_an_owner_crash_or_wait_for_ever,
    a_sleeper_survives_what_is_written_over_its_turn,
    bytes_that_change_make_no_invalid_string,
];

/// Where the memory of the only queue begins, and how many bytes there are before its messages.
fn head_of_queue() -> (*mut u8, usize) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut lines = maps.lines().filter(|line| line.contains("multiprocess-queue"));
    let fields: Vec<&str> = lines.next().expect("a queue").split_whitespace().collect();
    let start = usize::from_str_radix(fields[0].split_once('-').unwrap().0, 16).unwrap();
    // The second half is the body once more, and says where that begins.
    let second: Vec<&str> = lines.next().expect("its second half").split_whitespace().collect();
    (start as *mut u8, usize::from_str_radix(second[2], 16).unwrap())
}

/// The words of the head that are in use: the rest of the page is padding.
const WORDS: usize = 1024 / 8;

fn no_word_of_the_head_makes_an_owner_crash_or_wait_for_ever() {
    let limit = Duration::from_secs(1);
    let use_it_after_a_stray_write = |word: usize, stray: u64| {
        let queue = Queue::<String>::bounded(64).unwrap();
        for text in ["A", "B", "C"] {
            queue.put(text.to_string()).unwrap();
        }
        queue.get().unwrap();
        let (head, _) = head_of_queue();
        // SAFETY: an aligned word of the queue's memory, which is mapped as long as `queue` is there.
        unsafe { AtomicU64::from_ptr(head.cast::<u64>().add(word)) }.store(stray, Ordering::Relaxed);
        for _ in 0..2 {
            // All answers are right but a crash, and none.
            let _ = queue.put_timeout("D".to_string(), limit);
            let _ = queue.try_put("E".to_string());
            let _ = queue.get_timeout(limit);
            let _ = queue.try_get();
            let _ = (queue.len(), queue.is_empty());
        }
    };
    let cases = [0, 1, 1 << 31, u64::MAX].into_iter().flat_map(|stray| (0..WORDS).map(move |word| (word, stray)));
    // All at once, as some wait for seconds.
    let users: Vec<_> = cases
        .map(|(word, stray)| (word, stray, Process::spawn(|| use_it_after_a_stray_write(word, stray)).unwrap()))
        .collect();
    for (word, stray, mut user) in users {
        let status = user.join().unwrap();
        assert!(status.success(), "after {stray:#x} was written to word {word}: {status}");
    }
}

fn a_sleeper_survives_what_is_written_over_its_turn() {
    for stray in [0, 1, u64::MAX] {
        for word in 0..6 {
            let queue = Queue::<String>::bounded(64).unwrap();
            let mut reader = Process::spawn(|| {
                assert_eq!(queue.get().unwrap(), "A");
                assert_eq!(queue.get().unwrap(), "B");
            })
            .unwrap();
            wait_until(|| sleeps(reader.id()));
            let (head, _) = head_of_queue();
            // The sleeper holds the taker's turn: the line whose lock word holds its id and that is not the tail's or
            // the head's, which nobody holds now.
            let turn = (0..WORDS)
                .map(|line| line * 8)
                // SAFETY: as above.
                .find(|at| unsafe { head.cast::<u32>().add(at / 4).read_volatile() } & 0x3fff_ffff == reader.id())
                .expect("its lock is held");
            // SAFETY: as above.
            unsafe { AtomicU64::from_ptr(head.add(turn).cast::<u64>().add(word)) }.store(stray, Ordering::Relaxed);
            queue.put("A".to_string()).unwrap();
            wait_until(|| queue.is_empty() || !reader.is_alive_now());
            queue.put("B".to_string()).unwrap();
            let status = reader.join().unwrap();
            assert!(status.success(), "after {stray:#x} was written to word {word} of the turn: {status}");
        }
    }
}

/// Without `&mut`.
trait AliveNow {
    fn is_alive_now(&self) -> bool;
}

impl AliveNow for Process {
    fn is_alive_now(&self) -> bool {
        !crate::forking::is_dead(self.id())
    }
}

fn bytes_that_change_make_no_invalid_string() {
    const ITEMS: usize = 3000;
    const CAPACITY: usize = 128 << 10;
    let queue = Queue::<String>::bounded(CAPACITY).unwrap();
    // SAFETY: see `shared`.
    let over: &AtomicBool = unsafe { &*shared(AtomicBool::new(false)) };
    let (head, body) = head_of_queue();
    let (good, bad) = (u64::from_ne_bytes(*b"aaaaaaaa"), u64::MAX);
    let mut astray = Process::spawn(|| {
        while !over.load(Ordering::Relaxed) {
            for at in (2048..CAPACITY).step_by(4096) {
                // SAFETY: an aligned word of the queue's body.
                let word = unsafe { AtomicU64::from_ptr(head.add(body + at).cast()) };
                let was = word.load(Ordering::Relaxed);
                if was == good || was == bad {
                    word.store(if was == good { bad } else { good }, Ordering::Relaxed);
                }
            }
        }
    })
    .unwrap();
    // Long, so that there is time between a check of it and its use. With the seven bytes in front of it, it takes
    // whole pages: so what is in the middle of a page is always text.
    let text = "a".repeat(15 * 4096 - 7);
    let mut invalid = 0;
    for _ in 0..ITEMS {
        queue.put(&text).unwrap();
        if let Ok(got) = queue.get() {
            assert!(std::str::from_utf8(got.as_bytes()).is_ok(), "an invalid String came out");
        } else {
            invalid += 1;
        }
    }
    over.store(true, Ordering::Relaxed);
    assert!(astray.join().unwrap().success());
    println!("    {invalid} of {ITEMS} items were found out");
}
