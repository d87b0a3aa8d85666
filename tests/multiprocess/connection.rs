//! What `Connection` and `wait` promise, and what a queue that is closed, joined or polled does.

use std::os::fd::{AsFd, AsRawFd};
use std::process::id;
use std::time::{Duration, Instant};

use multiprocess::{
    Connection, GetError, JoinableQueue, PollableQueue, Process, PutError, Queue, RecvError, SendError, Waitable, pipe,
    wait,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;

use crate::forking::{Case, Gate, Killer, is_dead, open_descriptors, signal, sleeps, state_of, wait_until};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(100);
const SHORT: Duration = Duration::from_millis(20);

pub const CASES: &[Case] = cases![
    values_go_both_ways,
    values_of_any_size_arrive_whole,
    what_is_left_is_received_before_the_end_of_file,
    a_killed_process_is_the_end_of_file,
    a_process_killed_in_the_middle_of_a_value_is_an_error,
    nobody_to_receive_is_an_error_and_no_signal,
    nothing_to_receive_is_none_within_a_limit,
    half_a_value_is_kept_for_the_next_time,
    a_value_that_cannot_be_decoded_is_gone,
    a_value_that_cannot_be_encoded_is_not_sent,
    a_length_that_is_none_is_an_error,
    signals_end_no_wait,
    a_connection_holds_one_descriptor,
    wait_says_what_is_ready,
    wait_is_over_after_its_limit,
    wait_for_nothing_is_an_error,
    wait_hears_of_a_process_that_ends,
    a_pollable_queue_is_readable_when_there_is_an_item,
    a_pollable_queue_is_heard_item_after_item,
    a_pollable_queue_is_heard_when_putters_are_killed,
    a_closed_queue_takes_nothing_and_gives_what_is_left,
    all_who_wait_for_a_queue_are_told_when_it_is_closed,
    a_dead_stage_is_noticed_by_the_next,
    join_waits_until_all_is_done,
    task_done_too_often_is_an_error,
];

fn join(mut process: Process) {
    let status = process.join().expect("a child of ours");
    assert!(status.success(), "{status}");
}

/// Whether the process waits in a system call.
fn waits(pid: u32) -> bool {
    state_of(pid) == Some('S')
}

fn values_go_both_ways() {
    let (mut client, server) = pipe::<u64, String>().unwrap();
    let serve = |mut end: Connection<String, u64>| {
        while let Ok(n) = end.recv() {
            end.send((n * n).to_string()).unwrap();
        }
    };
    let child = Process::spawn(|| {
        // The copy of the parent's end would keep this one open.
        let parents = client.as_fd().as_raw_fd();
        // SAFETY: nobody in this process uses it any more.
        unsafe { libc::close(parents) };
        serve(server)
    })
    .unwrap();
    for n in 0..100 {
        client.send(n).unwrap();
        assert_eq!(client.recv().unwrap(), (n * n).to_string());
    }
    client.send(7).unwrap();
    assert_eq!(client.recv_timeout(LONG).unwrap().unwrap(), "49");
    client.close();
    join(child);
}

fn values_of_any_size_arrive_whole() {
    let sizes = [0, 1, 4096, 65_535, 65_536, 65_537, 1 << 20, 20 << 20];
    let content = |size: usize| ByteBuf::from((0..size).map(|i| (i * 7 + size) as u8).collect::<Vec<_>>());
    let (mut get, mut put) = pipe::<ByteBuf, ByteBuf>().unwrap();
    let writer = Process::spawn(|| sizes.iter().for_each(|&size| put.send(content(size)).unwrap())).unwrap();
    for size in sizes {
        assert!(get.recv().unwrap() == content(size), "{size} bytes");
    }
    join(writer);
}

fn what_is_left_is_received_before_the_end_of_file() {
    let (mut get, mut put) = pipe::<u8, u8>().unwrap();
    let writer = Process::spawn(move || (1..=3).for_each(|n| put.send(n).unwrap())).unwrap();
    join(writer);
    assert_eq!(get.iter().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2, 3]);
    for _ in 0..2 {
        assert!(matches!(get.recv(), Err(RecvError::Closed)));
        assert!(matches!(get.try_recv(), Err(RecvError::Closed)));
        assert!(matches!(get.recv_timeout(LONG), Err(RecvError::Closed)));
    }
    assert!(get.poll(Duration::ZERO).unwrap(), "an end of file need not be waited for");

    // Also if the one that closed its end has not received all.
    let (mut get, mut put) = pipe::<u8, u8>().unwrap();
    put.send(1).unwrap();
    get.send(2).unwrap();
    drop(put);
    assert_eq!(get.recv().unwrap(), 1);
    assert!(matches!(get.recv(), Err(RecvError::Closed)));
}

fn a_killed_process_is_the_end_of_file() {
    let (mut get, put) = pipe::<u8, u8>().unwrap();
    let mut writer = Process::spawn(move || {
        let _put = put;
        loop {
            std::thread::park();
        }
    })
    .unwrap();
    assert!(!get.poll(SHORT).unwrap());
    writer.kill().unwrap();
    assert!(matches!(get.recv(), Err(RecvError::Closed)));
}

fn a_process_killed_in_the_middle_of_a_value_is_an_error() {
    let (mut get, mut put) = pipe::<ByteBuf, ByteBuf>().unwrap();
    // More than the system holds: it waits in the middle.
    let mut writer = Process::spawn(move || put.send(ByteBuf::from(vec![0; 10 << 20])).unwrap()).unwrap();
    assert!(get.poll(LONG).unwrap());
    wait_until(|| waits(writer.id()));
    writer.kill().unwrap();
    writer.join().unwrap();
    let Err(RecvError::System(error)) = get.recv() else { panic!("no whole value was sent") };
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

fn nobody_to_receive_is_an_error_and_no_signal() {
    // SAFETY: plain numbers. As in a program whose `main` is not Rust's.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let (get, mut put) = pipe::<u8, u8>().unwrap();
    drop(get);
    assert!(matches!(put.send(1), Err(SendError::Closed)));
}

fn nothing_to_receive_is_none_within_a_limit() {
    let (mut get, mut put) = pipe::<u8, u8>().unwrap();
    assert!(!get.poll(Duration::ZERO).unwrap() && !get.poll(SHORT).unwrap());
    assert!(get.try_recv().unwrap().is_none());
    assert!(get.recv_timeout(SHORT).unwrap().is_none());
    put.send(1).unwrap();
    put.send(2).unwrap();
    // The second is not taken from the system together with the first: poll tells of it.
    assert!(get.poll(LONG).unwrap());
    assert_eq!(get.recv().unwrap(), 1);
    assert!(get.poll(Duration::ZERO).unwrap());
    assert_eq!(get.try_recv().unwrap(), Some(2));
    assert!(!get.poll(Duration::ZERO).unwrap());
}

fn half_a_value_is_kept_for_the_next_time() {
    let (mut get, put) = pipe::<String, String>().unwrap();
    let write = |bytes: &[u8]| {
        // SAFETY: the pointer and the length are those of `bytes`.
        let written = unsafe { libc::write(put.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
        assert_eq!(written, bytes.len() as isize);
    };
    // Its length, and its message: a text of two bytes.
    let bytes = [&3_u64.to_le_bytes()[..], &[2, b'h', b'i']].concat();
    for cut in 1..bytes.len() {
        write(&bytes[..cut]);
        assert!(get.poll(Duration::ZERO).unwrap());
        assert!(get.try_recv().unwrap().is_none());
        assert!(get.recv_timeout(SHORT).unwrap().is_none());
        assert!(!get.poll(Duration::ZERO).unwrap());
        write(&bytes[cut..]);
        assert_eq!(get.recv_timeout(LONG).unwrap().unwrap(), "hi");
    }
}

#[derive(Debug, PartialEq)]
enum Bad {
    Fine,
    FailsToEncode,
    FailsToDecode,
}

impl Serialize for Bad {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Bad::Fine => 0_u8.serialize(serializer),
            Bad::FailsToEncode => Err(serde::ser::Error::custom("as asked")),
            Bad::FailsToDecode => 1_u8.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Bad {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bad, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Bad::Fine),
            _ => Err(serde::de::Error::custom("as asked")),
        }
    }
}

fn a_value_that_cannot_be_decoded_is_gone() {
    let (mut get, mut put) = pipe::<Bad, Bad>().unwrap();
    put.send(Bad::FailsToDecode).unwrap();
    put.send(Bad::Fine).unwrap();
    assert!(matches!(get.recv(), Err(RecvError::Decode(_))));
    assert_eq!(get.recv().unwrap(), Bad::Fine);
}

fn a_value_that_cannot_be_encoded_is_not_sent() {
    let (mut get, mut put) = pipe::<Bad, Bad>().unwrap();
    assert!(matches!(put.send(Bad::FailsToEncode), Err(SendError::Encode(_))));
    put.send(Bad::Fine).unwrap();
    assert_eq!(get.recv().unwrap(), Bad::Fine);
    assert!(get.try_recv().unwrap().is_none());
}

fn a_length_that_is_none_is_an_error() {
    for length in [u64::MAX, u64::MAX - 8, 1 << 62] {
        let (mut get, put) = pipe::<String, String>().unwrap();
        let bytes = [length.to_le_bytes(), *b"12345678"].concat();
        // SAFETY: the pointer and the length are those of `bytes`.
        let sent = unsafe { libc::write(put.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
        assert_eq!(sent, 16);
        drop(put);
        // Either at once, or when nothing more comes. No memory is taken for it.
        assert!(matches!(get.recv(), Err(RecvError::System(_))));
    }
}

fn signals_end_no_wait() {
    extern "C" fn ignore(_: libc::c_int) {}
    let (get, mut put) = pipe::<u8, u8>().unwrap();
    let (mut get, gate) = (get, Gate::new());
    let reader = Process::spawn(|| {
        // SAFETY: a sigaction is plain data, for which zeros are right; the handler does nothing. Without SA_RESTART a
        // caught signal ends a system call with EINTR.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = ignore as *const () as usize;
            libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut());
        }
        gate.open();
        assert!(get.poll(LONG).unwrap());
        assert_eq!(get.recv().unwrap(), 1);
        assert_eq!(get.recv().unwrap(), 2);
    })
    .unwrap();
    gate.pass();
    for n in 1..=2 {
        for _ in 0..20 {
            wait_until(|| waits(reader.id()));
            signal(reader.id(), libc::SIGUSR1);
        }
        put.send(n).unwrap();
    }
    join(reader);
}

fn a_connection_holds_one_descriptor() {
    let before = open_descriptors();
    let (one, other) = pipe::<u8, u8>().unwrap();
    assert_eq!(open_descriptors(), before + 2);
    drop(one);
    other.close();
    assert_eq!(open_descriptors(), before);
}

fn wait_says_what_is_ready() {
    let (mut a, mut b) = pipe::<u8, u8>().unwrap();
    let (c, d) = pipe::<u8, u8>().unwrap();
    let queue = PollableQueue::<u8>::new().unwrap();
    let p = Process::spawn(|| ()).unwrap();
    wait_until(|| is_dead(p.id()));
    let ready = |on: &[&dyn Waitable]| wait(on, Some(LONG)).unwrap();
    assert_eq!(ready(&[&a, &c, &p, &queue]), [2]);
    b.send(1).unwrap();
    queue.put(1).unwrap();
    assert_eq!(ready(&[&a, &c, &p, &queue]), [0, 2, 3]);
    drop(d);
    assert_eq!(ready(&[&a, &c, &queue]), [0, 1, 2]);
    a.recv().unwrap();
    queue.get().unwrap();
    assert_eq!(ready(&[&a, &c, &queue]), [1]);
    join(p);
}

fn wait_is_over_after_its_limit() {
    let (a, _b) = pipe::<u8, u8>().unwrap();
    let queue = PollableQueue::<u8>::new().unwrap();
    assert!(wait(&[&a, &queue], Some(SHORT)).unwrap().is_empty());
    assert!(wait(&[&a, &queue], Some(Duration::ZERO)).unwrap().is_empty());
    assert!(wait(&[], Some(SHORT)).unwrap().is_empty());
}

fn wait_for_nothing_is_an_error() {
    assert_eq!(wait(&[], None).unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
}

fn wait_hears_of_a_process_that_ends() {
    let gate = Gate::new();
    let queue = PollableQueue::<u8>::new().unwrap();
    let p = Process::spawn(|| gate.pass()).unwrap();
    let q = Process::spawn(|| gate.pass()).unwrap();
    gate.open();
    let ready = wait(&[&queue, &p, &q], None).unwrap();
    assert!(!ready.is_empty() && !ready.contains(&0));
    gate.open();
    join(p);
    join(q);
}

fn a_pollable_queue_is_readable_when_there_is_an_item() {
    let before = open_descriptors();
    let queue = PollableQueue::<u8>::new().unwrap();
    assert_eq!(open_descriptors(), before + 1);
    let readable = || {
        let mut poll = libc::pollfd { fd: queue.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one live pollfd.
        unsafe { libc::poll(&raw mut poll, 1, 0) == 1 }
    };
    assert!(!readable());
    for n in 0..3 {
        queue.put(n).unwrap();
        queue.put(n).unwrap();
        assert!(readable());
        queue.get().unwrap();
        assert!(readable());
        queue.get().unwrap();
        // It may stay readable until somebody has looked.
        assert!(queue.try_get().unwrap().is_none());
        assert!(!readable());
        assert!(!queue.is_ready().unwrap());
    }
    queue.close().unwrap();
    assert!(readable());
    assert!(queue.is_ready().unwrap());
}

fn a_pollable_queue_is_heard_item_after_item() {
    const ITEMS: u32 = 5000;
    let (a, b) = (PollableQueue::<u32>::bounded(64).unwrap(), PollableQueue::<u32>::bounded(64).unwrap());
    let writers = [&a, &b].map(|queue| Process::spawn(move || (0..ITEMS).for_each(|n| queue.put(n).unwrap())).unwrap());
    let mut next = [0, 0];
    while next != [ITEMS, ITEMS] {
        for ready in wait(&[&a, &b], None).unwrap() {
            while let Some(n) = [&a, &b][ready].try_get().unwrap() {
                assert_eq!(n, next[ready]);
                next[ready] += 1;
            }
        }
    }
    writers.into_iter().for_each(join);
}

fn a_pollable_queue_is_heard_when_putters_are_killed() {
    const KILLS: u32 = 60;
    let queue = PollableQueue::<u32>::bounded(64).unwrap();
    let work = || {
        loop {
            queue.put(1).unwrap();
        }
    };
    let killer = Killer::of_children(id(), KILLS);
    let mut writers: Vec<Process> = (0..3).map(|_| Process::spawn(work).unwrap()).collect();
    while !killer.is_done() {
        let start = Instant::now();
        while wait(&[&queue], Some(SHORT)).unwrap().is_empty() {
            assert!(start.elapsed() < LONG, "there are writers");
            if writers.iter_mut().all(|writer| !writer.is_alive().unwrap()) {
                // On a busy machine all may be killed before they put anything. What they have put is heard of.
                assert!(queue.is_empty() || !wait(&[&queue], Some(Duration::ZERO)).unwrap().is_empty());
                break;
            }
        }
        while queue.try_get().unwrap().is_some() {}
        for writer in &mut writers {
            if !writer.is_alive().unwrap() {
                *writer = Process::spawn(work).unwrap();
            }
        }
    }
    killer.stop();
    for writer in &mut writers {
        writer.kill().unwrap();
        writer.join().unwrap();
    }
}

fn a_closed_queue_takes_nothing_and_gives_what_is_left() {
    let queue = Queue::<u8>::new().unwrap();
    queue.put(1).unwrap();
    queue.put(2).unwrap();
    assert!(!queue.is_closed());
    join(Process::spawn(|| queue.close().unwrap()).unwrap());
    queue.close().unwrap();
    assert!(queue.is_closed());
    assert!(matches!(queue.put(3), Err(PutError::Closed)));
    let not_put = queue.try_put(3).unwrap_err();
    assert!(not_put.value == 3 && matches!(not_put.error, PutError::Closed));
    assert_eq!((queue.get().unwrap(), queue.try_get().unwrap()), (1, Some(2)));
    assert!(matches!(queue.get(), Err(GetError::Closed)));
    assert!(matches!(queue.try_get(), Err(GetError::Closed)));
    assert!(matches!(queue.get_timeout(LONG), Err(GetError::Closed)));
}

fn all_who_wait_for_a_queue_are_told_when_it_is_closed() {
    let (empty, full) = (Queue::<u8>::new().unwrap(), Queue::<u8>::bounded(1).unwrap());
    full.put(0).unwrap();
    let getters = [(); 3].map(|()| Process::spawn(|| assert!(matches!(empty.get(), Err(GetError::Closed)))).unwrap());
    let putters = [(); 3].map(|()| Process::spawn(|| assert!(matches!(full.put(1), Err(PutError::Closed)))).unwrap());
    for process in getters.iter().chain(&putters) {
        wait_until(|| sleeps(process.id()));
    }
    empty.close().unwrap();
    full.close().unwrap();
    getters.into_iter().chain(putters).for_each(join);
    assert_eq!(full.get().unwrap(), 0);
}

fn a_dead_stage_is_noticed_by_the_next() {
    let (queue, gate) = (Queue::<u32>::new().unwrap(), Gate::new());
    let mut writers = vec![
        Process::spawn(|| queue.put(id()).unwrap()).unwrap(),
        Process::spawn(|| {
            queue.put(id()).unwrap();
            gate.open();
            loop {
                std::thread::park();
            }
        })
        .unwrap(),
    ];
    let reader = Process::spawn(|| {
        let got: Vec<u32> = std::iter::from_fn(|| match queue.get() {
            Err(GetError::Closed) => None,
            got => Some(got.unwrap()),
        })
        .collect();
        assert_eq!(got.len(), 2);
    })
    .unwrap();
    gate.pass();
    signal(writers[1].id(), libc::SIGKILL);
    while !writers.is_empty() {
        let all: Vec<&dyn Waitable> = writers.iter().map(|w| w as &dyn Waitable).collect();
        let ended = wait(&all, None).unwrap()[0];
        writers.swap_remove(ended).join().unwrap();
    }
    queue.close().unwrap();
    join(reader);
}

fn join_waits_until_all_is_done() {
    let queue = JoinableQueue::<u32>::bounded(64).unwrap();
    queue.join().unwrap();
    let workers = [(); 2].map(|()| {
        Process::spawn(|| {
            while queue.get().is_ok() {
                queue.task_done().unwrap();
            }
        })
        .unwrap()
    });
    for round in 0..50 {
        (0..20).for_each(|n| queue.put(n).unwrap());
        if round % 2 == 0 {
            queue.join().unwrap();
        } else {
            assert!(queue.join_timeout(LONG).unwrap());
        }
        assert!(queue.is_empty());
        assert_eq!(queue.unfinished(), 0);
    }
    queue.close().unwrap();
    workers.into_iter().for_each(join);

    let queue = JoinableQueue::<u32>::new().unwrap();
    queue.put(1).unwrap();
    assert!(!queue.join_timeout(SHORT).unwrap());
    queue.get().unwrap();
    assert_eq!(queue.unfinished(), 1);
    assert!(!queue.join_timeout(SHORT).unwrap());
    let waiting = Process::spawn(|| queue.join().unwrap()).unwrap();
    wait_until(|| sleeps(waiting.id()));
    queue.task_done().unwrap();
    join(waiting);
}

fn task_done_too_often_is_an_error() {
    let queue = JoinableQueue::<u32>::new().unwrap();
    queue.put(1).unwrap();
    assert!(queue.task_done().is_err(), "it was not got yet");
    queue.get().unwrap();
    queue.task_done().unwrap();
    assert!(queue.task_done().unwrap_err().to_string().contains("more often"));
}
