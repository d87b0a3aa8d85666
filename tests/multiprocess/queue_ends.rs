//! Each end of a queue notices when nobody has the other any more, however that came about.

use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use multiprocess::{GetError, Pool, Process, PutError, Queue, Receiver, Sender};

use crate::forking::{Case, signal, sleeps, wait_until};

pub const CASES: &[Case] = cases![
    a_getter_that_waits_is_told_when_the_last_sender_is_dropped,
    a_putter_that_waits_is_told_when_the_last_receiver_is_dropped,
    a_getter_that_waits_is_told_when_the_last_sender_is_killed,
    a_putter_that_waits_is_told_when_the_last_receiver_is_killed,
    all_getters_that_wait_are_told,
    what_was_put_is_got_before,
    one_sender_that_is_left_is_enough,
    who_finds_room_each_time_is_told_too,
    who_never_waits_is_told_too,
    whoever_is_killed_and_not_reaped_has_gone,
    who_ends_without_dropping_its_end_has_gone,
    each_stage_of_a_pipeline_ends_when_one_is_killed,
    a_copy_that_a_child_does_not_use_does_not_count,
    an_end_that_a_child_only_borrows_counts_when_it_uses_it,
    what_was_moved_into_a_child_counts_before_it_is_used,
    an_end_is_handed_on_to_a_grandchild,
    a_child_goes_on_when_what_was_moved_into_it_panics_as_it_is_dropped,
    somebody_may_come_back,
    threads_of_a_process_may_have_ends_of_their_own,
    a_pool_puts_by_clones,
    a_queue_is_split_once,
    there_are_so_many_ends_and_no_more,
    a_closed_queue_is_closed,
    the_dead_make_room_in_the_list,
    whenever_they_are_killed_the_others_are_told,
];

/// Far longer than it takes to look.
const LONG: Duration = Duration::from_secs(60);

fn ends() -> (Sender<u32>, Receiver<u32>) {
    Queue::new().unwrap().split().unwrap()
}

fn small_ends() -> (Sender<u32>, Receiver<u32>) {
    Queue::bounded(64).unwrap().split().unwrap()
}

/// A child that has this, and does nothing until it is killed.
fn keeper<T>(end: T) -> Process {
    Process::spawn(move || {
        let _end = end;
        loop {
            // SAFETY: returns when a signal has been handled.
            unsafe { libc::pause() };
        }
    })
    .unwrap()
}

fn getter_that_expects_the_end(receiver: Receiver<u32>) -> Process {
    Process::spawn(move || assert!(matches!(receiver.get(), Err(GetError::Disconnected)))).unwrap()
}

/// Puts until there is no room, and then is told.
fn putter_that_expects_the_end(sender: Sender<u32>) -> Process {
    Process::spawn(move || {
        loop {
            match sender.put(1) {
                Ok(()) => {}
                Err(PutError::Disconnected) => return,
                Err(other) => panic!("{other}"),
            }
        }
    })
    .unwrap()
}

fn succeeds(mut process: Process) {
    assert!(process.join().unwrap().success());
}

fn kill(mut process: Process) {
    process.kill().unwrap();
    process.join().unwrap();
}

fn a_getter_that_waits_is_told_when_the_last_sender_is_dropped() {
    let (sender, receiver) = ends();
    let getter = getter_that_expects_the_end(receiver);
    wait_until(|| sleeps(getter.id()));
    drop(sender);
    succeeds(getter);
}

fn a_putter_that_waits_is_told_when_the_last_receiver_is_dropped() {
    let (sender, receiver) = small_ends();
    let putter = putter_that_expects_the_end(sender);
    wait_until(|| receiver.len() == 8 && sleeps(putter.id()));
    drop(receiver);
    succeeds(putter);
}

fn a_getter_that_waits_is_told_when_the_last_sender_is_killed() {
    let (sender, receiver) = ends();
    let senders: Vec<_> = (0..2).map(|_| keeper(sender.try_clone().unwrap())).collect();
    drop(sender);
    let getter = getter_that_expects_the_end(receiver);
    wait_until(|| sleeps(getter.id()));
    senders.into_iter().for_each(kill);
    succeeds(getter);
}

fn a_putter_that_waits_is_told_when_the_last_receiver_is_killed() {
    let (sender, receiver) = small_ends();
    let receivers: Vec<_> = (0..2).map(|_| keeper(receiver.try_clone().unwrap())).collect();
    drop(receiver);
    let putter = putter_that_expects_the_end(sender);
    wait_until(|| sleeps(putter.id()));
    receivers.into_iter().for_each(kill);
    succeeds(putter);
}

fn all_getters_that_wait_are_told() {
    let (sender, receiver) = ends();
    let keeper = keeper(sender);
    let getters: Vec<_> = (0..5).map(|_| getter_that_expects_the_end(receiver.try_clone().unwrap())).collect();
    getters.iter().for_each(|getter| wait_until(|| sleeps(getter.id())));
    kill(keeper);
    getters.into_iter().for_each(succeeds);
}

fn what_was_put_is_got_before() {
    let (sender, receiver) = ends();
    let mut writer = Process::spawn(move || {
        (0..1000).for_each(|n| sender.put(n).unwrap());
        signal(std::process::id(), libc::SIGKILL);
    })
    .unwrap();
    writer.join().unwrap();
    let got: Vec<u32> = receiver.iter().map(Result::unwrap).collect();
    assert_eq!(got, Vec::from_iter(0..1000));
    assert!(matches!(receiver.get_many(3), Err(GetError::Disconnected)));
    assert!(matches!(receiver.get_timeout(LONG), Err(GetError::Disconnected)));
}

fn one_sender_that_is_left_is_enough() {
    let (sender, receiver) = ends();
    let killed = keeper(sender.try_clone().unwrap());
    let mut writer = Process::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        sender.put(7).unwrap();
    })
    .unwrap();
    kill(killed);
    assert_eq!(receiver.get().unwrap(), 7);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
    writer.join().unwrap();
}

fn who_finds_room_each_time_is_told_too() {
    let (sender, receiver) = ends();
    kill(keeper(receiver));
    let put = (0..10_000).take_while(|&n| sender.put(n).is_ok()).count();
    assert!(put <= 2 * 65, "{put}");
    assert!(matches!(sender.put(1), Err(PutError::Disconnected)));
    assert!(matches!(sender.put_many(&[1, 2]).unwrap_err().error, PutError::Disconnected));
    assert!(matches!(sender.try_put(1).unwrap_err().error, PutError::Disconnected));
}

fn who_never_waits_is_told_too() {
    let (sender, receiver) = ends();
    let keeper = keeper(sender);
    assert!(receiver.try_get().unwrap().is_none());
    kill(keeper);
    wait_until(|| matches!(receiver.try_get(), Err(GetError::Disconnected)));

    let (sender, receiver) = small_ends();
    while sender.try_put(1).is_ok() {}
    kill(self::keeper(receiver));
    wait_until(|| matches!(sender.try_put(1).unwrap_err().error, PutError::Disconnected));
}

fn whoever_is_killed_and_not_reaped_has_gone() {
    let (sender, receiver) = ends();
    let keeper = keeper(sender);
    signal(keeper.id(), libc::SIGKILL);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
    drop(keeper);
}

fn who_ends_without_dropping_its_end_has_gone() {
    let (sender, receiver) = ends();
    let _exits = Process::spawn(move || {
        sender.put(1).unwrap();
        std::process::exit(0);
    });
    assert_eq!(receiver.get().unwrap(), 1);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
}

fn each_stage_of_a_pipeline_ends_when_one_is_killed() {
    for killed in 0..3 {
        let (first_in, first_out) = small_ends();
        let (second_in, second_out) = small_ends();
        let source = Process::spawn(move || while first_in.put(1).is_ok() {}).unwrap();
        let middle = Process::spawn(move || {
            for item in first_out.iter() {
                if second_in.put(item.unwrap()).is_err() {
                    break;
                }
            }
        })
        .unwrap();
        // Takes one a while, so that the others wait.
        let sink = Process::spawn(move || {
            for item in second_out.iter() {
                assert_eq!(item.unwrap(), 1);
                std::thread::sleep(Duration::from_millis(1));
            }
        })
        .unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let mut stages = [source, middle, sink];
        stages[killed].kill().unwrap();
        for (stage, process) in stages.iter_mut().enumerate() {
            let status = process.join().unwrap();
            assert_eq!(status.success(), stage != killed, "{status} of stage {stage}, as {killed} is killed");
        }
    }
}

fn a_copy_that_a_child_does_not_use_does_not_count() {
    let (sender, receiver) = ends();
    let lives_on = keeper(());
    let getter = getter_that_expects_the_end(receiver);
    drop(sender);
    succeeds(getter);
    kill(lives_on);
}

fn an_end_that_a_child_only_borrows_counts_when_it_uses_it() {
    let (sender, receiver) = ends();
    let (go, gone) = ends();
    let mut writer = Process::spawn(|| {
        sender.put(1).unwrap();
        gone.get().unwrap();
        sender.put(2).unwrap();
    })
    .unwrap();
    assert_eq!(receiver.get().unwrap(), 1);
    drop(sender);
    assert!(receiver.get_timeout(Duration::from_millis(100)).unwrap().is_none());
    go.put(0).unwrap();
    assert_eq!(receiver.get().unwrap(), 2);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
    writer.join().unwrap();
}

fn what_was_moved_into_a_child_counts_before_it_is_used() {
    let (sender, receiver) = ends();
    let mut slow = Process::spawn(move || {
        std::thread::sleep(Duration::from_millis(1500));
        sender.put(1).unwrap();
    })
    .unwrap();
    assert_eq!(receiver.get().unwrap(), 1);
    slow.join().unwrap();
}

fn an_end_is_handed_on_to_a_grandchild() {
    let (sender, receiver) = ends();
    let mut child = Process::spawn(move || {
        let moved = Process::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            sender.put(1).unwrap();
        });
        drop(moved); // It lives on.
    })
    .unwrap();
    child.join().unwrap();
    assert_eq!(receiver.get().unwrap(), 1);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
}

fn a_child_goes_on_when_what_was_moved_into_it_panics_as_it_is_dropped() {
    struct Panics(u32);
    impl Drop for Panics {
        fn drop(&mut self) {
            assert_ne!(self.0, std::process::id(), "on purpose");
        }
    }
    let (sender, receiver) = ends();
    let panics = Panics(std::process::id());
    let spawned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Process::spawn(move || {
            let _panics = panics;
            sender.put(1).unwrap();
        })
    }));
    assert!(spawned.is_err());
    assert_eq!(receiver.get().unwrap(), 1);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
}

fn somebody_may_come_back() {
    static SENDER: OnceLock<Sender<u32>> = OnceLock::new();
    let (sender, receiver) = ends();
    let (go, gone) = ends();
    let copy = SENDER.get_or_init(|| sender);
    let mut child = Process::spawn(move || {
        gone.get().unwrap();
        // A copy of what the parent has; from here on this child's, too.
        SENDER.get().unwrap().put(1).unwrap();
    })
    .unwrap();
    copy.put(0).unwrap();
    assert_eq!(receiver.get().unwrap(), 0);
    go.put(0).unwrap();
    assert_eq!(receiver.get().unwrap(), 1);
    child.join().unwrap();
    assert!(receiver.try_get().unwrap().is_none()); // This process has it still.
}

fn threads_of_a_process_may_have_ends_of_their_own() {
    let (sender, receiver) = ends();
    let getter = getter_that_expects_the_sum(receiver);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let sender = sender.try_clone().unwrap();
            std::thread::spawn(move || (0..100).for_each(|_| sender.put(1).unwrap()))
        })
        .collect();
    drop(sender);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    succeeds(getter);
}

fn getter_that_expects_the_sum(receiver: Receiver<u32>) -> Process {
    Process::spawn(move || assert_eq!(receiver.iter().map(Result::unwrap).sum::<u32>(), 400)).unwrap()
}

fn a_pool_puts_by_clones() {
    static SENDER: OnceLock<Sender<u32>> = OnceLock::new();
    let (sender, receiver) = ends();
    SENDER.set(sender).unwrap();
    let pool = Pool::new(2).unwrap();
    pool.map(|n: u32| SENDER.get().unwrap().try_clone().unwrap().put(n).unwrap(), 0..10).unwrap();
    let mut got: Vec<u32> = (0..10).map(|_| receiver.get().unwrap()).collect();
    got.sort_unstable();
    assert_eq!(got, Vec::from_iter(0..10));
    pool.close().join().unwrap();
}

fn a_queue_is_split_once() {
    // Each process has a copy of what is in here.
    static QUEUE: Mutex<Option<Queue<u32>>> = Mutex::new(None);
    let split = || QUEUE.lock().unwrap().take().unwrap().split();
    *QUEUE.lock().unwrap() = Some(Queue::new().unwrap());
    let (go, gone) = ends();
    let child = Process::spawn(move || {
        gone.get().unwrap();
        assert_eq!(split().unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    })
    .unwrap();
    let (sender, receiver) = split().unwrap();
    go.put(0).unwrap();
    succeeds(child);
    sender.put(1).unwrap();
    assert_eq!(receiver.get().unwrap(), 1);
}

fn there_are_so_many_ends_and_no_more() {
    let (sender, receiver) = ends();
    let mut senders = vec![sender];
    let error = loop {
        match senders[0].try_clone() {
            Ok(sender) => senders.push(sender),
            Err(error) => break error,
        }
    };
    assert_eq!(senders.len(), 512);
    assert!(error.to_string().contains("512"), "{error}");
    senders[511].put(1).unwrap();
    senders.pop();
    senders[0].try_clone().unwrap();
    drop(senders);
    assert_eq!(receiver.get().unwrap(), 1);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
}

fn a_closed_queue_is_closed() {
    let (sender, receiver) = ends();
    sender.put(1).unwrap();
    sender.close().unwrap();
    assert!(matches!(sender.put(1), Err(PutError::Closed)));
    drop(sender);
    assert_eq!(receiver.get().unwrap(), 1);
    assert!(matches!(receiver.get(), Err(GetError::Closed)));
}

fn the_dead_make_room_in_the_list() {
    let (sender, receiver) = ends();
    for _ in 0..600 {
        kill(keeper(sender.try_clone().unwrap()));
    }
    drop(sender);
    assert!(matches!(receiver.get(), Err(GetError::Disconnected)));
}

/// They take and give up places in the list, put, and hand over, all the time.
fn whenever_they_are_killed_the_others_are_told() {
    let end = Instant::now() + Duration::from_secs(3);
    let mut rounds = 0;
    while Instant::now() < end {
        rounds += 1;
        let (sender, receiver) = small_ends();
        let senders: Vec<_> = (0..2)
            .map(|_| {
                let sender = sender.try_clone().unwrap();
                Process::spawn(move || {
                    loop {
                        let another = sender.try_clone().unwrap();
                        another.put(1).unwrap();
                        let handed = Process::spawn(move || drop(another));
                        handed.unwrap().join().unwrap();
                    }
                })
                .unwrap()
            })
            .collect();
        drop(sender);
        let mut getter = Process::spawn(move || receiver.iter().for_each(|item| assert_eq!(item.unwrap(), 1))).unwrap();
        for mut process in senders {
            std::thread::sleep(Duration::from_micros(rounds * 577 % 5000));
            process.kill().unwrap();
            process.join().unwrap();
        }
        assert!(getter.join().unwrap().success());
    }
    println!("    {rounds} rounds");
}
