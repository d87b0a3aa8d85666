//! What others have to offer, each at its best.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use ipc_channel::ipc;
use multiprocess::Process;

use crate::bare::items;
use crate::bare::private_kibibytes;

fn next(n: u64) -> u64 {
    n + 1
}

pub fn procspawn_start_and_join() -> f64 {
    const TIMES: u32 = 50;
    let start = Instant::now();
    for _ in 0..TIMES {
        procspawn::spawn((), |()| ()).join().unwrap();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}

pub fn procspawn_tasks() -> f64 {
    // With 20,000 it runs out of descriptors.
    const TASKS: u64 = 2_000;
    let pool = procspawn::Pool::new(2).unwrap();
    pool.spawn(1, next).join().unwrap();
    let start = Instant::now();
    let results: Vec<_> = (0..TASKS).map(|n| pool.spawn(n, next)).collect();
    let sum: u64 = results.into_iter().map(|result| result.join().unwrap()).sum();
    assert_eq!(sum, TASKS * (TASKS + 1) / 2);
    TASKS as f64 / start.elapsed().as_secs_f64()
}

pub fn procspawn_round_trip() -> f64 {
    const TIMES: u64 = 1_000;
    let pool = procspawn::Pool::new(1).unwrap();
    pool.spawn(1, next).join().unwrap();
    let start = Instant::now();
    for n in 0..TIMES {
        assert_eq!(pool.spawn(n, next).join().unwrap(), n + 1);
    }
    start.elapsed().as_secs_f64() * 1e6 / TIMES as f64
}

pub fn procspawn_idle_worker() -> f64 {
    let pool = procspawn::Pool::new(1).unwrap();
    private_kibibytes(pool.spawn((), |()| std::process::id()).join().unwrap())
}

/// Its channel of bytes, which does not encode anything.
pub fn ipc_channel<const SIZE: usize>() -> f64 {
    let items = items(SIZE) / 4;
    let (put, get) = ipc::bytes_channel().unwrap();
    let mut producer = Process::spawn(|| {
        let item = vec![7; SIZE];
        (0..items).for_each(|_| put.send(&item).unwrap());
    })
    .unwrap();
    get.recv().unwrap();
    let start = Instant::now();
    for _ in 1..items {
        black_box(get.recv().unwrap());
    }
    let elapsed = start.elapsed();
    producer.join().unwrap();
    (items - 1) as f64 / elapsed.as_secs_f64()
}

pub fn ipc_channel_round_trip() -> f64 {
    const TIMES: u64 = 3_000;
    let (there, get) = ipc::channel::<u64>().unwrap();
    let (put, back) = ipc::channel::<u64>().unwrap();
    let mut other = Process::spawn(|| (0..TIMES).for_each(|_| put.send(get.recv().unwrap() + 1).unwrap())).unwrap();
    let start = Instant::now();
    for n in 0..TIMES {
        there.send(n).unwrap();
        assert_eq!(back.recv().unwrap(), n + 1);
    }
    let elapsed = start.elapsed();
    other.join().unwrap();
    elapsed.as_secs_f64() * 1e6 / TIMES as f64
}

/// Where the program in `benches/iceoryx2` is built: beside this one.
fn iceoryx2_folder() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    me.parent().and_then(Path::parent).unwrap_or(Path::new("target")).join("iceoryx2")
}

/// Builds the program in `benches/iceoryx2`, which is a package of its own. Where that cannot be done, it says so, and the column stays empty.
pub fn build_iceoryx2() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/iceoryx2/Cargo.toml"));
    build.arg("--target-dir").arg(iceoryx2_folder());
    if !build.status().is_ok_and(|status| status.success()) {
        eprintln!("iceoryx2 could not be built: its column stays empty");
    }
}

/// What the program in `benches/iceoryx2` has measured. Not a number where it could not be built.
pub fn iceoryx2(measurement: &str) -> f64 {
    number_from(Command::new(iceoryx2_folder().join("release/iceoryx2-peer")).args(measurement.split(' ')))
}

/// One of the functions in `python.py`. Not a number where there is no Python.
pub fn python(function: &str) -> f64 {
    number_from(Command::new("python3").arg("-c").arg(include_str!("python.py")).args(function.split(' ')))
}

fn number_from(command: &mut Command) -> f64 {
    let text = command.output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}
