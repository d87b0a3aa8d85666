//! What the system itself needs: bare system calls and shared memory, without any of what makes a library of them.

use std::fs;
use std::hint::{black_box, spin_loop};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Forks a child that calls `f` and is gone.
fn fork(f: impl FnOnce()) -> libc::pid_t {
    // SAFETY: this process has one thread; the child ends by _exit.
    match unsafe { libc::fork() } {
        -1 => panic!("fork: {}", std::io::Error::last_os_error()),
        0 => {
            f();
            // SAFETY: plain number.
            unsafe { libc::_exit(0) }
        }
        child => child,
    }
}

fn wait(child: libc::pid_t) {
    // SAFETY: a child of ours; a null status is allowed.
    assert_eq!(unsafe { libc::waitpid(child, ptr::null_mut(), 0) }, child);
}

pub fn start_and_join() -> f64 {
    const TIMES: u32 = 25;
    let start = Instant::now();
    for _ in 0..TIMES {
        wait(fork(|| ()));
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}

struct Pipe([libc::c_int; 2]);

impl Pipe {
    fn new() -> Pipe {
        let mut ends = [0; 2];
        // SAFETY: an array of two.
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        Pipe(ends)
    }

    fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            // SAFETY: a live slice.
            let written = unsafe { libc::write(self.0[1], bytes.as_ptr().cast(), bytes.len()) };
            bytes = &bytes[usize::try_from(written).unwrap()..];
        }
    }

    fn read(&self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            // SAFETY: a live slice.
            let read = unsafe { libc::read(self.0[0], bytes.as_mut_ptr().cast(), bytes.len()) };
            bytes = &mut bytes[usize::try_from(read).unwrap()..];
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        for end in self.0 {
            // SAFETY: ours, and not used again.
            unsafe { libc::close(end) };
        }
    }
}

pub fn pipe<const SIZE: usize>() -> f64 {
    let pipe = Pipe::new();
    let items = items(SIZE);
    let child = fork(|| {
        let item = vec![7; SIZE];
        (0..items).for_each(|_| pipe.write(&item));
    });
    let mut item = vec![0; SIZE];
    pipe.read(&mut item);
    let start = Instant::now();
    for _ in 1..items {
        pipe.read(black_box(&mut item));
    }
    let elapsed = start.elapsed();
    wait(child);
    (items - 1) as f64 / elapsed.as_secs_f64()
}

pub fn pipe_ping_pong() -> f64 {
    const TIMES: u32 = 1_000;
    let (there, back) = (Pipe::new(), Pipe::new());
    let child = fork(|| {
        let mut byte = [0];
        for _ in 0..=TIMES {
            there.read(&mut byte);
            back.write(&byte);
        }
    });
    let mut byte = [0];
    let mut trip = || {
        there.write(&byte);
        back.read(&mut byte);
    };
    trip();
    let start = Instant::now();
    for _ in 0..TIMES {
        trip();
    }
    let elapsed = start.elapsed();
    wait(child);
    elapsed.as_secs_f64() * 1e6 / f64::from(TIMES)
}

pub fn pipe_there_and_back() -> f64 {
    const ITEMS: u64 = 200_000;
    // So many may be on their way that neither pipe can be full.
    const ON_THE_WAY: u64 = 4_000;
    let (there, back) = (Pipe::new(), Pipe::new());
    let child = fork(|| {
        let mut item = [0; 8];
        for _ in 0..ITEMS {
            there.read(&mut item);
            back.write(&(u64::from_ne_bytes(item) + 1).to_ne_bytes());
        }
    });
    let start = Instant::now();
    let mut item = [0; 8];
    for n in 0..ITEMS + ON_THE_WAY {
        if n < ITEMS {
            there.write(&n.to_ne_bytes());
        }
        if n >= ON_THE_WAY {
            back.read(&mut item);
        }
    }
    let elapsed = start.elapsed();
    wait(child);
    ITEMS as f64 / elapsed.as_secs_f64()
}

/// One producer, one consumer, items of one size, no locks, and whoever waits does so on the processor.
struct Ring<const SIZE: usize> {
    tail: *const AtomicUsize,
    head: *const AtomicUsize,
    items: *mut [u8; SIZE],
    length: usize,
}

impl<const SIZE: usize> Ring<SIZE> {
    fn new() -> Ring<SIZE> {
        let length = ((4 << 20) / SIZE).max(4);
        let (access, size) = (libc::PROT_READ | libc::PROT_WRITE, 8192 + length * SIZE);
        // By its name, `Process::spawn` knows it for memory that is made for being shared.
        // SAFETY: new memory at an address of the kernel's choice; two pages more than the items need.
        let memory = unsafe {
            let file = libc::memfd_create(c"multiprocess-bench".as_ptr(), libc::MFD_CLOEXEC);
            assert_eq!(libc::ftruncate(file, size as libc::off_t), 0);
            let memory = libc::mmap(ptr::null_mut(), size, access, libc::MAP_SHARED, file, 0);
            libc::close(file);
            memory
        };
        assert_ne!(memory, libc::MAP_FAILED);
        let memory: *mut u8 = memory.cast();
        // SAFETY: all three lie in the memory, which is never unmapped; zeros are right for atomics.
        unsafe { Ring { tail: memory.cast(), head: memory.add(4096).cast(), items: memory.add(8192).cast(), length } }
    }

    /// Calls `next` so many times with the place of an item, as soon as it may be used. `mine` is the end to move.
    fn each(
        &self,
        times: usize,
        mine: *const AtomicUsize,
        other: *const AtomicUsize,
        lead: usize,
        mut f: impl FnMut(*mut [u8; SIZE]),
    ) {
        // SAFETY: both are in the ring's memory.
        let (mine, other) = unsafe { (&*mine, &*other) };
        let from = mine.load(Ordering::Relaxed);
        let mut known = other.load(Ordering::Acquire);
        for n in from..from + times {
            while n == known + lead {
                known = other.load(Ordering::Acquire);
                spin_loop();
            }
            // SAFETY: an item of the ring, which the other end does not use until `mine` is moved.
            f(unsafe { self.items.add(n % self.length) });
            mine.store(n + 1, Ordering::Release);
        }
    }

    fn put(&self, times: usize, mut item: impl FnMut() -> [u8; 8], all: &[u8; SIZE]) {
        self.each(times, self.tail, self.head, self.length, |place| {
            let start = item();
            // SAFETY: the place is ours for now; SIZE is at least 8.
            unsafe {
                ptr::copy_nonoverlapping(all, place, 1);
                ptr::copy_nonoverlapping(&start, place.cast(), 1);
            }
        });
    }

    fn get(&self, times: usize, item: &mut [u8; SIZE], mut f: impl FnMut(&[u8; SIZE])) {
        self.each(times, self.head, self.tail, 0, |place| {
            // SAFETY: the place is ours for now.
            unsafe { ptr::copy_nonoverlapping(place, item, 1) };
            f(item);
        });
    }
}

fn boxed<const SIZE: usize>() -> Box<[u8; SIZE]> {
    vec![7; SIZE].into_boxed_slice().try_into().unwrap()
}

pub fn ring<const SIZE: usize>() -> f64 {
    let ring = Ring::<SIZE>::new();
    let items = items(SIZE);
    let child = fork(|| ring.put(items, || [7; 8], &boxed()));
    let mut item = boxed();
    let first = items / 4;
    ring.get(first, &mut item, |item| _ = black_box(item));
    let start = Instant::now();
    ring.get(items - first, &mut item, |item| _ = black_box(item));
    let elapsed = start.elapsed();
    wait(child);
    (items - first) as f64 / elapsed.as_secs_f64()
}

pub fn ring_there_and_back() -> f64 {
    const BATCH: u64 = 1_000;
    const BATCHES: u64 = 1_000;
    let (there, back) = (Ring::<8>::new(), Ring::<8>::new());
    let child = fork(|| {
        let mut item = [0; 8];
        there.get((BATCH * BATCHES) as usize, &mut item, |&item| {
            back.put(1, || (u64::from_ne_bytes(item) + 1).to_ne_bytes(), &item);
        });
    });
    let start = Instant::now();
    let (mut n, mut item, mut sum) = (0_u64, [0; 8], 0);
    for batch in 0..=BATCHES {
        // One batch ahead, so that both processes always have something to do.
        if batch < BATCHES {
            there.put(
                BATCH as usize,
                || {
                    n += 1;
                    n.to_ne_bytes()
                },
                &[0; 8],
            );
        }
        if batch > 0 {
            back.get(BATCH as usize, &mut item, |&item| sum += u64::from_ne_bytes(item));
        }
    }
    let elapsed = start.elapsed();
    wait(child);
    assert_eq!(sum, n * (n + 3) / 2);
    n as f64 / elapsed.as_secs_f64()
}

/// Bytes per second, 1 MiB at a time, going round in so many MiB of source and destination.
pub fn memcpy(mib: usize) -> f64 {
    const MIB: usize = 1 << 20;
    const TIMES: usize = 400;
    let (source, mut destination) = (vec![1_u8; mib * MIB], vec![2_u8; mib * MIB]);
    let start = Instant::now();
    for n in 0..TIMES {
        let piece = n % mib * MIB..(n % mib + 1) * MIB;
        destination[piece.clone()].copy_from_slice(black_box(&source[piece]));
        black_box(&mut destination);
    }
    (TIMES * MIB) as f64 / start.elapsed().as_secs_f64()
}

pub fn idle_process() -> f64 {
    let ready = Pipe::new();
    let child = fork(|| {
        ready.write(&[0]);
        // SAFETY: no arguments.
        unsafe { libc::pause() };
    });
    ready.read(&mut [0]);
    let memory = private_kibibytes(child.cast_unsigned());
    // SAFETY: plain numbers; a child of ours.
    unsafe { libc::kill(child, libc::SIGKILL) };
    wait(child);
    memory
}

/// What would be free if the process were gone.
pub fn private_kibibytes(pid: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    private.map(|line| line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap()).sum()
}

/// How many items of a size make a sample: enough to fill the queue several times, in some tenths of a second.
pub const fn items(size: usize) -> usize {
    match size {
        0..=8 => 1_000_000,
        9..=64 => 600_000,
        65..=4096 => 100_000,
        _ => 2_000,
    }
}
