//! What the feature `testing` promises: tests that fork, in libtest's threads.
//! `cargo test -p multiprocess --features testing --test multiprocess_testing`

#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::panic::catch_unwind;

use multiprocess::testing::in_process;
use multiprocess::{Pool, Process, Queue};

#[test]
fn a_pool_works() {
    in_process(|| {
        let pool = Pool::new(2).unwrap();
        assert_eq!(pool.map(|n: u64| n * n, [1, 2, 3]).unwrap(), [1, 4, 9]);
        pool.close().join().unwrap();
    });
}

#[test]
fn a_process_works() {
    in_process(|| {
        let queue = Queue::<u32>::new().unwrap();
        let mut p = Process::spawn(|| queue.put(std::process::id()).unwrap()).unwrap();
        assert_eq!(queue.get().unwrap(), p.id());
        assert!(p.join().unwrap().success());
    });
}

#[test]
fn a_failure_is_a_failure() {
    let failed = catch_unwind(|| in_process(|| assert_eq!(1, 2, "as asked"))).unwrap_err();
    let words = failed.downcast_ref::<String>().unwrap();
    assert!(words.contains("exit status: 101"), "{words}");
    let failed = catch_unwind(|| in_process(|| std::process::abort())).unwrap_err();
    assert!(failed.downcast_ref::<String>().unwrap().contains("signal: 6"));
}

#[test]
#[should_panic(expected = "exit status: 0, before the test did")]
fn who_leaves_in_the_middle_has_passed_nothing() {
    in_process(|| std::process::exit(0));
}

#[test]
#[should_panic(expected = "the words of the test itself")]
fn what_a_test_panics_with_can_be_expected() {
    in_process(|| panic!("the words of the test itself"));
}

#[test]
#[should_panic(expected = "exit status: 7")]
fn an_exit_code_is_a_failure() {
    in_process(|| std::process::exit(7));
}

#[test]
fn a_test_within_a_test_has_a_process_of_its_own() {
    in_process(|| {
        in_process(|| println!("inner"));
        assert!(catch_unwind(|| in_process(|| panic!("inner"))).is_err());
    });
}

#[test]
fn the_server_is_nobodys_child() {
    // SAFETY: a siginfo is plain data; the pointer is to one of ours. WNOWAIT reaps nothing.
    let answer = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        libc::waitid(libc::P_ALL, 0, &raw mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)
    };
    assert_eq!(answer, -1);
}
