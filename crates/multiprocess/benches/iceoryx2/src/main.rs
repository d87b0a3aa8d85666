//! `iceoryx2-peer queue BYTES`: items per second from one process to another. `round_trip`: µs there and back, and
//! `round_trip_cpu`: µs of processor time that both processes use for that. Whoever waits looks again and again: it never sleeps.

use std::error::Error;
use std::hint::{black_box, spin_loop};
use std::io::Read;
use std::path::Path as FilePath;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;
use iceoryx2_bb_system_types::path::Path;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// So many round trips are measured.
const TIMES: u64 = 1_000;

/// So much may be on its way, as in the queue that it is compared with.
const CAPACITY: usize = 6 << 20;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match words[..] {
        ["queue", bytes] => in_folder(|folder| queue(folder, bytes.parse()?)),
        ["round_trip"] => in_folder(|folder| round_trip(folder).map(|(wall, _)| wall)),
        ["round_trip_cpu"] => in_folder(|folder| round_trip(folder).map(|(_, cpu)| cpu)),
        ["put", folder, bytes] => return put(folder.as_ref(), bytes.parse()?),
        ["echo", folder] => return echo(folder.as_ref()),
        _ => return Err("queue BYTES, round_trip or round_trip_cpu would be right".into()),
    };
    println!("{}", answer?);
    Ok(())
}

/// Its services are files, here in a folder that goes away.
fn in_folder(work: impl FnOnce(&FilePath) -> Result<f64>) -> Result<f64> {
    work(tempfile::tempdir()?.path())
}

fn node(folder: &FilePath) -> Result<Node<ipc::Service>> {
    let mut config = Config::default();
    let folder = folder.to_str().ok_or("the folder's name is no text")?;
    config.global.set_root_path(&Path::new(folder.as_bytes())?);
    Ok(NodeBuilder::new().config(&config).create()?)
}

type Sender = Publisher<ipc::Service, [u8], ()>;
type Receiver = Subscriber<ipc::Service, [u8], ()>;

fn service(
    node: &Node<ipc::Service>,
    name: &str,
    bytes: usize,
) -> Result<iceoryx2::service::port_factory::publish_subscribe::PortFactory<ipc::Service, [u8], ()>> {
    let builder = node.service_builder(&name.try_into()?).publish_subscribe::<[u8]>();
    Ok(builder
        .enable_safe_overflow(false)
        .subscriber_max_buffer_size((CAPACITY / bytes).clamp(2, 8192))
        .history_size(0)
        .open_or_create()?)
}

fn sender(node: &Node<ipc::Service>, name: &str, bytes: usize) -> Result<Sender> {
    let service = service(node, name, bytes)?;
    let builder = service.publisher_builder().initial_max_slice_len(bytes);
    Ok(builder.backpressure_strategy(BackpressureStrategy::DiscardData).create()?)
}

fn receiver(node: &Node<ipc::Service>, name: &str, bytes: usize) -> Result<Receiver> {
    Ok(service(node, name, bytes)?.subscriber_builder().create()?)
}

/// Sends an item, again and again until there is room for it, or nobody wants it any more.
fn send(sender: &Sender, item: &[u8]) -> Result<()> {
    // To how many it was delivered: there may be none yet, or no room.
    while !IS_OVER.load(Ordering::Relaxed) && sender.loan_slice_uninit(item.len())?.write_from_slice(item).send()? == 0
    {
        spin_loop();
    }
    Ok(())
}

/// Looks until an item has come, and gives it to `look`.
fn receive<R>(receiver: &Receiver, look: impl FnOnce(&[u8]) -> R) -> Result<R> {
    loop {
        if let Some(sample) = receiver.receive()? {
            return Ok(look(sample.payload()));
        }
        spin_loop();
    }
}

fn start(arguments: &[&str]) -> Result<Child> {
    Ok(Command::new(std::env::current_exe()?).args(arguments).stdin(Stdio::piped()).spawn()?)
}

/// The parent wants no more.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// In a child: what is not received yet would go away with its sender. The parent closes our standard input as it waits for us.
fn until_parent_has_all() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    IS_OVER.store(true, Ordering::Relaxed);
}

fn queue(folder: &FilePath, bytes: usize) -> Result<f64> {
    // As long as the other rows' measurements, about.
    let items = (400_000_000 / bytes.max(100)).min(400_000);
    let node = node(folder)?;
    let receiver = receiver(&node, "queue", bytes)?;
    let folder = folder.to_str().ok_or("the folder's name is no text")?;
    let mut producer = start(&["put", folder, &bytes.to_string()])?;
    let first = items / 4;
    let copy = |item: &[u8]| _ = black_box(item.to_vec());
    for _ in 0..first {
        receive(&receiver, copy)?;
    }
    let start = Instant::now();
    for _ in first..items {
        receive(&receiver, copy)?;
    }
    let elapsed = start.elapsed();
    producer.wait()?;
    Ok((items - first) as f64 / elapsed.as_secs_f64())
}

fn put(folder: &FilePath, bytes: usize) -> Result<()> {
    std::thread::spawn(until_parent_has_all);
    let node = node(folder)?;
    let sender = sender(&node, "queue", bytes)?;
    let item = vec![7; bytes];
    while !IS_OVER.load(Ordering::Relaxed) {
        send(&sender, &item)?;
    }
    Ok(())
}

fn round_trip(folder: &FilePath) -> Result<(f64, f64)> {
    let node = node(folder)?;
    let (there, back) = (sender(&node, "there", 8)?, receiver(&node, "back", 16)?);
    let mut other = start(&["echo", folder.to_str().ok_or("the folder's name is no text")?])?;
    // It may not be there yet.
    loop {
        send(&there, &u64::MAX.to_le_bytes())?;
        std::thread::sleep(Duration::from_millis(10));
        if back.receive()?.is_some() {
            break;
        }
    }
    while back.receive()?.is_some() {}
    let (began, used) = (Instant::now(), processor_time());
    let mut used_there = 0;
    for n in 0..TIMES {
        send(&there, &n.to_le_bytes())?;
        receive(&back, |item| {
            let word = |at: usize| u64::from_le_bytes(item[at..at + 8].try_into().expect("eight bytes"));
            assert_eq!(word(0), n + 1);
            used_there = word(8);
        })?;
    }
    let (elapsed, used) = (began.elapsed(), processor_time() - used + used_there);
    other.wait()?;
    Ok((elapsed.as_secs_f64() * 1e6 / TIMES as f64, used as f64 / 1e3 / TIMES as f64))
}

/// Answers each number with the next one, and with how many nanoseconds it has computed since the first.
fn echo(folder: &FilePath) -> Result<()> {
    let node = node(folder)?;
    let (there, back) = (receiver(&node, "there", 8)?, sender(&node, "back", 16)?);
    let mut began = 0;
    loop {
        let n = receive(&there, |item| u64::from_le_bytes(item.try_into().expect("eight bytes")))?;
        if n == 0 {
            began = processor_time();
        }
        let mut answer = n.wrapping_add(1).to_le_bytes().to_vec();
        answer.extend((processor_time() - began).to_le_bytes());
        send(&back, &answer)?;
        if n == TIMES - 1 {
            until_parent_has_all();
            return Ok(());
        }
    }
}

/// How much processor time this process has used, in nanoseconds.
fn processor_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the time is written to a live place.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
