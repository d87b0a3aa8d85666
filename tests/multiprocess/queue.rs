//! What `Queue` promises. That it keeps its word when processes are killed is tested by `queue_kill.rs`
//! and `queue_soak.rs`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::id;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use multiprocess::{GetError, Process, PutError, Queue};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;

use crate::forking::{Case, Gate, is_dead, open_descriptors, shared_mappings, signal, sleeps, switches, wait_until};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);
/// Long enough to see that something takes time.
const SHORT: Duration = Duration::from_millis(50);

pub const CASES: &[Case] = cases![
    items_go_from_process_to_process,
    items_of_one_producer_stay_in_order_and_arrive_once,
    threads_of_one_process_may_use_it,
    a_child_of_a_child_may_use_it,
    values_of_any_shape_travel,
    values_are_put_by_value_or_by_reference,
    empty_messages_count,
    bytes_of_any_size_arrive_whole,
    bytes_may_be_decoded_where_they_lie,
    many_items_go_at_once_in_their_order,
    many_items_wait_for_room_and_for_the_first,
    of_many_items_one_that_is_bad_is_an_error_of_its_own,
    many_items_of_several_producers_all_arrive,
    get_waits_for_an_item,
    put_waits_for_room,
    a_large_message_is_not_passed_by_small_ones_for_ever,
    try_get_does_not_wait,
    get_timeout_waits_so_long,
    try_put_gives_the_value_back,
    put_timeout_gives_the_value_back,
    a_limit_of_zero_does_as_try_does,
    the_longest_limit_is_no_limit,
    a_wait_with_a_limit_ends_with_an_item,
    len_counts,
    a_message_of_exactly_the_capacity_fits,
    a_message_larger_than_the_queue_is_an_error,
    an_impossible_capacity_is_an_error,
    a_limit_of_file_sizes_is_an_error_and_no_signal,
    a_value_that_cannot_be_encoded_leaves_the_queue_as_it_was,
    a_value_that_panics_when_encoded_leaves_the_queue_as_it_was,
    a_value_that_contradicts_itself_is_an_error,
    an_item_that_cannot_be_decoded_is_an_error_of_one_get,
    an_item_that_panics_when_decoded_is_gone,
    a_codec_that_uses_its_own_queue_gets_an_error,
    signals_do_not_end_a_wait,
    who_waits_does_nothing,
    one_item_wakes_one_process,
    it_costs_nothing_until_used,
    it_leaves_nothing,
    a_child_that_drops_it_takes_it_from_nobody,
    the_errors_read_well,
];

fn join(mut process: Process) {
    let status = process.join().expect("a child of ours");
    assert!(status.success(), "{status}");
}

fn items_go_from_process_to_process() {
    let queue = Queue::<String>::new().unwrap();
    let writer = Process::spawn(|| ["A", "B", "C"].iter().for_each(|v| queue.put(v.to_string()).unwrap())).unwrap();
    assert_eq!([(); 3].map(|()| queue.get().unwrap()), ["A", "B", "C"]);
    join(writer);
}

fn items_of_one_producer_stay_in_order_and_arrive_once() {
    const PRODUCERS: usize = 3;
    const CONSUMERS: usize = 3;
    const ITEMS: usize = 5_000;
    // Small, so that all wait for one another often.
    let queue = Queue::<Option<(usize, usize)>>::bounded(64).unwrap();
    let seen = Queue::<BTreeMap<usize, Vec<usize>>>::new().unwrap();
    let producers = [0, 1, 2].map(|producer| {
        Process::spawn(|| (0..ITEMS).for_each(|item| queue.put(Some((producer, item))).unwrap())).unwrap()
    });
    let consumers = [(); CONSUMERS].map(|()| {
        Process::spawn(|| {
            let mut got = BTreeMap::<usize, Vec<usize>>::new();
            while let Some((producer, item)) = queue.get().unwrap() {
                got.entry(producer).or_default().push(item);
            }
            seen.put(got).unwrap();
        })
        .unwrap()
    });
    producers.into_iter().for_each(join);
    for _ in 0..CONSUMERS {
        queue.put(None).unwrap();
    }
    let mut all = BTreeMap::<usize, Vec<usize>>::new();
    for _ in 0..CONSUMERS {
        for (producer, items) in seen.get().unwrap() {
            assert!(items.is_sorted(), "one consumer saw items of producer {producer} out of order");
            all.entry(producer).or_default().extend(items);
        }
    }
    consumers.into_iter().for_each(join);
    assert_eq!(all.len(), PRODUCERS);
    for (producer, mut items) in all {
        items.sort_unstable();
        assert_eq!(items, (0..ITEMS).collect::<Vec<_>>(), "of producer {producer}");
    }
    assert!(queue.is_empty());
}

fn threads_of_one_process_may_use_it() {
    let queue = Arc::new(Queue::<usize>::bounded(32).unwrap());
    let sum = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (1..=1000).for_each(|n| queue.put(n).unwrap()));
            scope.spawn(|| (0..1000).for_each(|_| _ = sum.fetch_add(queue.get().unwrap(), Ordering::Relaxed)));
        }
    });
    assert_eq!(sum.into_inner(), 3 * 1000 * 1001 / 2);
}

fn a_child_of_a_child_may_use_it() {
    let queue = Queue::<u32>::new().unwrap();
    let child = Process::spawn(|| join(Process::spawn(|| queue.put(id()).unwrap()).unwrap())).unwrap();
    let grandchild = queue.get().unwrap();
    assert!(grandchild != id() && grandchild != child.id());
    join(child);
}

fn values_of_any_shape_travel() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Point,
        Circle { radius: f64 },
        Named(String, Box<Shape>),
        Many(Vec<Option<Shape>>),
    }
    let shape = Shape::Many(vec![
        None,
        Some(Shape::Point),
        Some(Shape::Named("c".into(), Box::new(Shape::Circle { radius: 1.5 }))),
    ]);
    let queue = Queue::new().unwrap();
    queue.put(shape.clone()).unwrap();
    assert_eq!(queue.get().unwrap(), shape);

    // Only bytes are shared, so the values themselves need not be fit for other threads.
    fn is_send_and_sync<T: Send + Sync>(_: &T) {}
    struct Local(Rc<u8>);
    impl Serialize for Local {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }
    impl<'de> Deserialize<'de> for Local {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Local, D::Error> {
            u8::deserialize(deserializer).map(|n| Local(Rc::new(n)))
        }
    }
    let queue = Queue::<Local>::new().unwrap();
    is_send_and_sync(&queue);
    queue.put(Local(Rc::new(7))).unwrap();
    assert_eq!(*queue.get().unwrap().0, 7);
}

fn values_are_put_by_value_or_by_reference() {
    let queue = Queue::<Vec<u8>>::new().unwrap();
    let value = vec![1, 2, 3];
    queue.put(&value).unwrap();
    queue.try_put(&value).unwrap();
    queue.put_timeout(&value, LONG).unwrap();
    queue.put(value).unwrap();
    for _ in 0..4 {
        assert_eq!(queue.get().unwrap(), [1, 2, 3]);
    }
    let numbers = Queue::<u64>::new().unwrap();
    numbers.put(5).unwrap();
    assert_eq!(numbers.get().unwrap(), 5);
}

fn empty_messages_count() {
    let queue = Queue::<()>::bounded(0).unwrap();
    queue.put(()).unwrap();
    assert_eq!(queue.len(), 1);
    assert!(matches!(queue.try_put(()).unwrap_err().error, PutError::Full));
    queue.get().unwrap();
    assert_eq!(queue.try_get().unwrap(), None);

    let queue = Queue::<String>::new().unwrap();
    for text in ["", "a", ""] {
        queue.put(text.to_string()).unwrap();
    }
    assert_eq!([(); 3].map(|()| queue.get().unwrap()), ["", "a", ""]);
}

fn bytes_of_any_size_arrive_whole() {
    let queue = Queue::<ByteBuf>::bounded(100_000).unwrap();
    let sizes = || (0..300).chain([4095, 4096, 4097, 65_535, 65_536, 99_997]).chain((0..300).map(|n| n * 331));
    let content = |size: usize| ByteBuf::from((0..size).map(|i| (i * 7 + size) as u8).collect::<Vec<_>>());
    let writer = Process::spawn(|| sizes().for_each(|size| queue.put(content(size)).unwrap())).unwrap();
    for size in sizes() {
        assert_eq!(queue.get().unwrap(), content(size));
    }
    join(writer);
}

fn bytes_may_be_decoded_where_they_lie() {
    // SAFETY: nobody here writes to its memory but by its methods.
    let queue = unsafe { Queue::<ByteBuf>::bounded(100_000).unwrap().decode_in_place() };
    let writer =
        Process::spawn(|| (0..300).for_each(|n| queue.put(ByteBuf::from(vec![n as u8; n * 300])).unwrap())).unwrap();
    for n in 0..300 {
        assert_eq!(queue.get().unwrap(), vec![n as u8; n * 300]);
    }
    join(writer);
}

fn many_items_go_at_once_in_their_order() {
    let queue = Queue::<u32>::new().unwrap();
    let values: Vec<u32> = (0..1000).collect();
    queue.put_many(&values).unwrap();
    assert_eq!(queue.len(), 1000);
    assert!(queue.get_many(0).unwrap().is_empty());
    assert_eq!(queue.get_many(3).unwrap(), [0, 1, 2]);
    assert_eq!(queue.get().unwrap(), 3);
    let mut got = vec![];
    while !queue.is_empty() {
        got.extend(queue.get_many(usize::MAX).unwrap());
    }
    assert_eq!(got, values[4..]);
    queue.put_many(&[]).unwrap();
    assert!(queue.is_empty());
    queue.close().unwrap();
    assert!(matches!(queue.get_many(5), Err(GetError::Closed)));
    let error = queue.put_many(&values).unwrap_err();
    assert!(error.put == 0 && matches!(error.error, PutError::Closed));
}

fn many_items_wait_for_room_and_for_the_first() {
    // Room for a few of them.
    let queue = Queue::<u32>::bounded(64).unwrap();
    let values: Vec<u32> = (0..5000).collect();
    let reader = Process::spawn(|| {
        let mut got = vec![];
        while got.len() < 5000 {
            got.extend(queue.get_many(100).unwrap());
        }
        assert!(got.iter().copied().eq(0..5000));
    })
    .unwrap();
    wait_until(|| sleeps(reader.id()));
    queue.put_many(&values).unwrap();
    join(reader);
}

fn of_many_items_one_that_is_bad_is_an_error_of_its_own() {
    let queue = Queue::<Bad>::new().unwrap();
    let error = queue.put_many(&[Bad::Fine, Bad::FailsToDecode, Bad::Fine, Bad::FailsToEncode, Bad::Fine]).unwrap_err();
    assert!(error.put == 3 && matches!(error.error, PutError::Encode(_)), "{error}");
    assert_eq!(queue.len(), 3);
    assert_eq!(queue.get_many(10).unwrap(), [Bad::Fine]);
    assert!(matches!(queue.get_many(10), Err(GetError::Decode(_))));
    assert_eq!(queue.get_many(10).unwrap(), [Bad::Fine]);
    assert!(queue.is_empty());
    let small = Queue::<ByteBuf>::bounded(8).unwrap();
    let error = small.put_many(&[ByteBuf::from(vec![1]), ByteBuf::from(vec![0; 100])]).unwrap_err();
    assert!(error.put == 1 && matches!(error.error, PutError::TooLarge { .. }));
    assert_eq!(small.get().unwrap(), [1]);
}

fn many_items_of_several_producers_all_arrive() {
    const EACH: u64 = 20_000;
    let queue = Queue::<u64>::bounded(4096).unwrap();
    let sums = Queue::<(u64, u64)>::new().unwrap();
    let producers = [0, 1].map(|n| Process::spawn(move_put(&queue, (n * EACH..(n + 1) * EACH).collect())).unwrap());
    let consumers = [(); 2].map(|()| {
        Process::spawn(|| {
            let (mut count, mut sum) = (0, 0);
            while let Ok(items) = queue.get_many(50) {
                count += items.len() as u64;
                sum += items.iter().sum::<u64>();
            }
            sums.put((count, sum)).unwrap();
        })
        .unwrap()
    });
    producers.into_iter().for_each(join);
    queue.close().unwrap();
    consumers.into_iter().for_each(join);
    let (one, other) = (sums.get().unwrap(), sums.get().unwrap());
    assert_eq!(one.0 + other.0, 2 * EACH);
    assert_eq!(one.1 + other.1, 2 * EACH * (2 * EACH - 1) / 2);
}

fn move_put(queue: &Queue<u64>, values: Vec<u64>) -> impl FnOnce() {
    move || queue.put_many(&values).unwrap()
}

fn get_waits_for_an_item() {
    let queue = Queue::<u8>::new().unwrap();
    let reader = Process::spawn(|| assert_eq!(queue.get().unwrap(), 9)).unwrap();
    wait_until(|| sleeps(reader.id()));
    queue.put(9).unwrap();
    join(reader);
}

fn put_waits_for_room() {
    let queue = Queue::<u8>::bounded(1).unwrap();
    queue.put(1).unwrap();
    let writer = Process::spawn(|| queue.put(2).unwrap()).unwrap();
    wait_until(|| sleeps(writer.id()));
    assert_eq!(queue.len(), 1);
    assert_eq!(queue.get().unwrap(), 1);
    join(writer);
    assert_eq!(queue.get().unwrap(), 2);
}

fn a_large_message_is_not_passed_by_small_ones_for_ever() {
    let queue = Queue::<ByteBuf>::bounded(1000).unwrap();
    let small = ByteBuf::from(vec![0; 10]);
    while queue.try_put(&small).is_ok() {}
    let large = Process::spawn(|| queue.put(ByteBuf::from(vec![1; 900])).unwrap()).unwrap();
    wait_until(|| sleeps(large.id()));
    let mut passed = 0;
    while queue.get().unwrap() == small {
        // Were this one let in as soon as there is room for it, there would never be room for the large one.
        _ = queue.try_put(&small);
        passed += 1;
        assert!(passed < 1000, "the large message waits for ever");
    }
    join(large);
}

fn try_get_does_not_wait() {
    let queue = Queue::<u8>::new().unwrap();
    assert_eq!(queue.try_get().unwrap(), None);
    queue.put(1).unwrap();
    assert_eq!(queue.try_get().unwrap(), Some(1));
    assert_eq!(queue.try_get().unwrap(), None);
}

fn get_timeout_waits_so_long() {
    let queue = Queue::<u8>::new().unwrap();
    let start = Instant::now();
    assert_eq!(queue.get_timeout(SHORT).unwrap(), None);
    assert!(start.elapsed() >= SHORT);
    assert_eq!(queue.get_timeout(Duration::ZERO).unwrap(), None);
    queue.put(1).unwrap();
    assert_eq!(queue.get_timeout(Duration::ZERO).unwrap(), Some(1));

    // Behind one that waits for ever.
    let first = Process::spawn(|| assert_eq!(queue.get().unwrap(), 2)).unwrap();
    wait_until(|| sleeps(first.id()));
    let start = Instant::now();
    assert_eq!(queue.get_timeout(SHORT).unwrap(), None);
    assert!(start.elapsed() >= SHORT);
    queue.put(2).unwrap();
    join(first);
}

fn try_put_gives_the_value_back() {
    let queue = Queue::<String>::bounded(10).unwrap();
    queue.try_put("12345".to_string()).unwrap();
    let rejected = queue.try_put("67890".to_string()).unwrap_err();
    assert_eq!(rejected.value, "67890");
    assert!(matches!(rejected.error, PutError::Full));
    assert_eq!(queue.get().unwrap(), "12345");
    queue.try_put(rejected.value).unwrap();
    assert_eq!(queue.get().unwrap(), "67890");
}

fn put_timeout_gives_the_value_back() {
    let queue = Queue::<String>::bounded(10).unwrap();
    queue.put_timeout("12345".to_string(), SHORT).unwrap();
    let start = Instant::now();
    let rejected = queue.put_timeout("67890".to_string(), SHORT).unwrap_err();
    assert!(start.elapsed() >= SHORT);
    assert_eq!(rejected.value, "67890");
    assert!(matches!(rejected.error, PutError::Full));
    assert!(queue.put_timeout(String::new(), Duration::ZERO).is_err());

    // Behind one that waits for ever.
    let first = Process::spawn(|| queue.put("abcde".to_string()).unwrap()).unwrap();
    wait_until(|| sleeps(first.id()));
    let start = Instant::now();
    assert!(queue.put_timeout(String::new(), SHORT).is_err());
    assert!(start.elapsed() >= SHORT);
    assert!(queue.try_put(String::new()).is_err());
    assert_eq!(queue.get().unwrap(), "12345");
    join(first);
    assert_eq!(queue.get().unwrap(), "abcde");
}

/// In another process than the one that is named, coding it takes until that one sleeps.
#[derive(Debug)]
struct Slow(u32);

static CODING: OnceLock<Gate> = OnceLock::new();

impl Slow {
    fn take_time(&self) {
        if id() != self.0 {
            CODING.get().unwrap().open();
            wait_until(|| sleeps(self.0));
        }
    }
}

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.take_time();
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Slow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Slow, D::Error> {
        let slow = Slow(u32::deserialize(deserializer)?);
        slow.take_time();
        Ok(slow)
    }
}

fn a_limit_of_zero_does_as_try_does() {
    let me = id();
    let coding = CODING.get_or_init(Gate::new);
    let queue = Queue::<Slow>::new().unwrap();
    let putter = Process::spawn(|| queue.put(Slow(me)).unwrap()).unwrap();
    coding.pass();
    queue.put_timeout(Slow(me), Duration::ZERO).expect("there is room");
    join(putter);
    queue.put(Slow(me)).unwrap();
    let getter = Process::spawn(|| assert_eq!(queue.get().unwrap().0, me)).unwrap();
    coding.pass();
    assert!(queue.get_timeout(Duration::ZERO).unwrap().is_some(), "there are items");
    join(getter);
}

fn the_longest_limit_is_no_limit() {
    let queue = Queue::<u8>::bounded(1).unwrap();
    let reader = Process::spawn(|| assert_eq!(queue.get_timeout(Duration::MAX).unwrap(), Some(1))).unwrap();
    wait_until(|| sleeps(reader.id()));
    queue.put_timeout(1, Duration::MAX).unwrap();
    join(reader);
}

fn a_wait_with_a_limit_ends_with_an_item() {
    let queue = Queue::<u8>::bounded(1).unwrap();
    let reader = Process::spawn(|| assert_eq!(queue.get_timeout(LONG).unwrap(), Some(1))).unwrap();
    wait_until(|| sleeps(reader.id()));
    queue.put(1).unwrap();
    join(reader);
    queue.put(2).unwrap();
    let writer = Process::spawn(|| queue.put_timeout(3, LONG).unwrap()).unwrap();
    wait_until(|| sleeps(writer.id()));
    assert_eq!(queue.get().unwrap(), 2);
    join(writer);
    assert_eq!(queue.get().unwrap(), 3);
}

fn len_counts() {
    let queue = Queue::<u32>::new().unwrap();
    assert!(queue.is_empty());
    for n in 1..=100 {
        queue.put(n).unwrap();
        assert_eq!(queue.len(), n as usize);
    }
    for n in (0..100).rev() {
        queue.get().unwrap();
        assert_eq!(queue.len(), n);
    }
    assert!(queue.is_empty());

    // Never more than there can be, whoever moves it meanwhile.
    let queue = Queue::<u8>::bounded(8).unwrap();
    let other = Process::spawn(|| {
        loop {
            queue.put(1).unwrap();
            queue.get().unwrap();
        }
    });
    assert!((0..10_000).all(|_| queue.len() <= 1));
    let mut other = other.unwrap();
    other.kill().unwrap();
    other.join().unwrap();
}

fn a_message_of_exactly_the_capacity_fits() {
    for capacity in [1, 2, 3, 4, 5, 100, 4092, 4096, 5000] {
        let queue = Queue::<Raw>::bounded(capacity).unwrap();
        assert_eq!(queue.capacity(), capacity);
        for _ in 0..3 {
            queue.put(Raw(capacity)).unwrap();
            assert!(queue.try_put(Raw(0)).is_err(), "there is room beside {capacity} of {capacity} bytes");
            queue.get().unwrap();
            assert!(matches!(
                queue.put(Raw(capacity + 1)),
                Err(PutError::TooLarge { message, capacity: c }) if message == capacity + 1 && c == capacity
            ));
        }
    }
}

/// So many bytes, and nothing else, when encoded.
struct Raw(usize);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0)?;
        for _ in 0..self.0 {
            serde::ser::SerializeTuple::serialize_element(&mut tuple, &0_u8)?;
        }
        serde::ser::SerializeTuple::end(tuple)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Raw, D::Error> {
        Ok(Raw(0))
    }
}

fn a_message_larger_than_the_queue_is_an_error() {
    let queue = Queue::<ByteBuf>::bounded(1000).unwrap();
    queue.put(ByteBuf::from(vec![5; 10])).unwrap();
    let error = queue.put(ByteBuf::from(vec![0; 2000])).unwrap_err();
    // Two bytes say how many there are.
    assert!(matches!(error, PutError::TooLarge { message: 2002, capacity: 1000 }));
    let text = error.to_string();
    assert!(text.contains("2002") && text.contains("1000"), "{text}");
    let rejected = queue.try_put(ByteBuf::from(vec![0; 2000])).unwrap_err();
    assert_eq!(rejected.value.len(), 2000);
    assert!(matches!(rejected.error, PutError::TooLarge { .. }));
    assert!(matches!(
        queue.put_timeout(ByteBuf::from(vec![0; 2000]), LONG).unwrap_err().error,
        PutError::TooLarge { .. }
    ));
    assert_eq!(queue.len(), 1);
    assert_eq!(queue.get().unwrap(), vec![5; 10]);
}

fn an_impossible_capacity_is_an_error() {
    for bytes in [usize::MAX, usize::MAX / 2, 1 << 40, u32::MAX as usize] {
        let error = Queue::<u8>::bounded(bytes).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains(&bytes.to_string()), "{error}");
    }
}

/// A value that misbehaves in its codec.
#[derive(Debug, PartialEq)]
enum Bad {
    Fine,
    FailsToEncode,
    PanicsEncoding,
    FailsToDecode,
    PanicsDecoding,
}

impl Serialize for Bad {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // Half of it is written when it fails.
            Bad::FailsToEncode => (1_u8, Fails).serialize(serializer),
            Bad::PanicsEncoding => panic!("cannot"),
            Bad::Fine => 0_u8.serialize(serializer),
            Bad::FailsToDecode => 1_u8.serialize(serializer),
            Bad::PanicsDecoding => 2_u8.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Bad {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bad, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Bad::Fine),
            1 => Err(serde::de::Error::custom("will not")),
            _ => panic!("cannot"),
        }
    }
}

struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("will not"))
    }
}

fn a_limit_of_file_sizes_is_an_error_and_no_signal() {
    let limit = libc::rlimit { rlim_cur: 1 << 20, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: one live limit.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) }, 0);
    let error = Queue::<u8>::new().unwrap_err().to_string();
    assert!(error.contains("ulimit -f"), "{error}");
    Queue::<u8>::bounded(1000).unwrap();
}

fn a_value_that_cannot_be_encoded_leaves_the_queue_as_it_was() {
    let queue = Queue::<Bad>::new().unwrap();
    queue.put(Bad::Fine).unwrap();
    let error = queue.put(Bad::FailsToEncode).unwrap_err();
    assert!(matches!(error, PutError::Encode(_)));
    assert!(error.source().is_some());
    let rejected = queue.try_put(Bad::FailsToEncode).unwrap_err();
    assert!(matches!(rejected.error, PutError::Encode(_)));
    assert_eq!(rejected.value, Bad::FailsToEncode);
    assert_eq!(queue.len(), 1);
    queue.put(Bad::Fine).unwrap();
    assert_eq!(queue.get().unwrap(), Bad::Fine);
    assert_eq!(queue.get().unwrap(), Bad::Fine);
    assert!(queue.is_empty());
}

fn a_value_that_panics_when_encoded_leaves_the_queue_as_it_was() {
    let queue = Queue::<Bad>::new().unwrap();
    let writer = Process::spawn(|| {
        std::panic::set_hook(Box::new(|_| {}));
        catch_unwind(AssertUnwindSafe(|| queue.put(Bad::PanicsEncoding))).unwrap_err();
        // The lock is free, also for the one who panicked.
        queue.put(Bad::Fine).unwrap();
    })
    .unwrap();
    join(writer);
    assert_eq!(queue.len(), 1);
    assert_eq!(queue.get().unwrap(), Bad::Fine);
}

fn a_value_that_contradicts_itself_is_an_error() {
    /// Longer each time it is looked at.
    struct Growing(AtomicUsize);
    impl Serialize for Growing {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Raw(10 * self.0.fetch_add(1, Ordering::Relaxed)).serialize(serializer)
        }
    }
    impl<'de> Deserialize<'de> for Growing {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Growing, D::Error> {
            Ok(Growing(AtomicUsize::new(0)))
        }
    }
    /// Too long for the space, but says that it is short.
    struct Liar(AtomicUsize);
    impl Serialize for Liar {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Raw(if self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) { 1000 } else { 1 }).serialize(serializer)
        }
    }
    impl<'de> Deserialize<'de> for Liar {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Liar, D::Error> {
            Ok(Liar(AtomicUsize::new(0)))
        }
    }
    let queue = Queue::<Growing>::bounded(100).unwrap();
    assert!(matches!(queue.put(Growing(AtomicUsize::new(11))), Err(PutError::TooLarge { .. })));
    let queue = Queue::<Liar>::bounded(100).unwrap();
    assert!(matches!(queue.put(Liar(AtomicUsize::new(0))), Err(PutError::TooLarge { .. })));
    assert!(queue.is_empty());
}

fn an_item_that_cannot_be_decoded_is_an_error_of_one_get() {
    let queue = Queue::<Bad>::new().unwrap();
    for value in [Bad::Fine, Bad::FailsToDecode, Bad::Fine] {
        queue.put(value).unwrap();
    }
    assert_eq!(queue.get().unwrap(), Bad::Fine);
    let error = queue.get().unwrap_err();
    assert!(matches!(error, GetError::Decode(_)));
    assert!(error.source().is_some());
    assert_eq!(queue.len(), 1);
    assert_eq!(queue.get().unwrap(), Bad::Fine);
}

fn an_item_that_panics_when_decoded_is_gone() {
    let queue = Queue::<Bad>::new().unwrap();
    queue.put(Bad::PanicsDecoding).unwrap();
    queue.put(Bad::Fine).unwrap();
    let reader = Process::spawn(|| {
        std::panic::set_hook(Box::new(|_| {}));
        catch_unwind(AssertUnwindSafe(|| queue.get())).unwrap_err();
        assert_eq!(queue.get().unwrap(), Bad::Fine);
    })
    .unwrap();
    join(reader);
    assert!(queue.is_empty());
}

fn a_codec_that_uses_its_own_queue_gets_an_error() {
    static QUEUE: OnceLock<Queue<Nested>> = OnceLock::new();
    struct Nested;
    impl Serialize for Nested {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let error = QUEUE.get().unwrap().put(Nested).unwrap_err();
            assert!(matches!(error, PutError::System(_)));
            assert!(QUEUE.get().unwrap().get().is_err(), "waiting for an item, which only we could put");
            0_u8.serialize(serializer)
        }
    }
    impl<'de> Deserialize<'de> for Nested {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Nested, D::Error> {
            assert!(matches!(QUEUE.get().unwrap().get(), Err(GetError::System(_))));
            Ok(Nested)
        }
    }
    let queue = QUEUE.get_or_init(|| Queue::new().unwrap());
    queue.put(Nested).unwrap();
    queue.get().unwrap();
}

fn signals_do_not_end_a_wait() {
    extern "C" fn ignore(_: libc::c_int) {}
    let queue = Queue::<u8>::bounded(1).unwrap();
    // SAFETY: a signal set is plain data, which sigemptyset initialises.
    let signals = unsafe {
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut signals);
        libc::sigaddset(&mut signals, libc::SIGUSR1);
        signals
    };
    let catch_signals = || {
        // SAFETY: a sigaction is plain data, for which zeros are right; the handler does nothing. Without SA_RESTART a
        // caught signal ends a system call with EINTR.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = ignore as extern "C" fn(libc::c_int) as usize;
            assert_eq!(libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()), 0);
            libc::sigprocmask(libc::SIG_UNBLOCK, &signals, std::ptr::null_mut());
        }
    };
    // The children inherit that it is blocked (not a handler), so no signal comes too early.
    // SAFETY: a live set; the old one is not asked for.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, &signals, std::ptr::null_mut()) };
    let rain = |pid: u32| {
        wait_until(|| sleeps(pid));
        for n in 0..100 {
            signal(pid, if n % 10 == 0 { libc::SIGSTOP } else { libc::SIGUSR1 });
            signal(pid, libc::SIGCONT);
            std::thread::yield_now();
        }
        wait_until(|| sleeps(pid));
    };

    let reader = Process::spawn(|| {
        catch_signals();
        assert_eq!(queue.get().unwrap(), 1);
    })
    .unwrap();
    rain(reader.id());
    queue.put(1).unwrap();
    join(reader);

    queue.put(2).unwrap();
    let writer = Process::spawn(|| {
        catch_signals();
        queue.put(3).unwrap();
    })
    .unwrap();
    rain(writer.id());
    assert_eq!(queue.get().unwrap(), 2);
    join(writer);
    assert_eq!(queue.get().unwrap(), 3);

    let start = Instant::now();
    let limit = Duration::from_millis(300);
    let reader = Process::spawn(|| {
        catch_signals();
        assert_eq!(queue.get_timeout(limit).unwrap(), None);
    })
    .unwrap();
    while start.elapsed() < limit / 2 {
        signal(reader.id(), libc::SIGUSR1);
        std::thread::sleep(Duration::from_millis(1));
    }
    join(reader);
    assert!(start.elapsed() >= limit);
}

fn who_waits_does_nothing() {
    let queue = Queue::<u8>::bounded(1).unwrap();
    let full = Queue::<u8>::bounded(1).unwrap();
    full.put(0).unwrap();
    let mut waiting: Vec<Process> = Vec::new();
    for _ in 0..3 {
        waiting.push(Process::spawn(|| _ = queue.get()).unwrap());
        waiting.push(Process::spawn(|| _ = full.put(1)).unwrap());
    }
    for process in &waiting {
        wait_until(|| sleeps(process.id()));
    }
    let before: Vec<u64> = waiting.iter().map(|process| switches(process.id())).collect();
    std::thread::sleep(Duration::from_millis(300));
    let after: Vec<u64> = waiting.iter().map(|process| switches(process.id())).collect();
    assert_eq!(before, after, "somebody woke up, and nothing had happened");
    for mut process in waiting {
        process.kill().unwrap();
        process.join().unwrap();
    }
}

fn one_item_wakes_one_process() {
    let queue = Queue::<u8>::new().unwrap();
    let readers = [(); 4].map(|()| Process::spawn(|| _ = queue.get()).unwrap());
    for reader in &readers {
        wait_until(|| sleeps(reader.id()));
    }
    let before = readers.each_ref().map(|reader| switches(reader.id()));
    queue.put(1).unwrap();
    wait_until(|| readers.iter().any(|reader| is_dead(reader.id())));
    // The one who got the item made room in front; the next in line has moved up there.
    let awake = |(reader, before): &(&Process, u64)| !is_dead(reader.id()) && switches(reader.id()) != *before;
    wait_until(|| readers.iter().all(|reader| is_dead(reader.id()) || sleeps(reader.id())));
    assert!(readers.iter().zip(before).filter(awake).count() <= 1);
    for mut reader in readers {
        reader.kill().unwrap();
        reader.join().unwrap();
    }
}

fn it_costs_nothing_until_used() {
    // Of the queues alone: the program itself may lie in memory too, on a tmpfs. See proc_pid_smaps(5).
    let used = || -> usize {
        let maps = fs::read_to_string("/proc/self/smaps").unwrap();
        let of_queues = maps.split("VmFlags:").filter(|mapping| mapping.contains("/memfd:multiprocess-queue"));
        let sizes = of_queues.filter_map(|mapping| mapping.lines().find_map(|line| line.strip_prefix("Rss:")));
        sizes.map(|size| size.trim().trim_end_matches(" kB").parse::<usize>().unwrap()).sum()
    };
    let queue = Queue::<u8>::bounded(1 << 30).unwrap();
    assert!((1..=16).contains(&used()), "a new queue uses {} KiB", used());
    for n in 0..100 {
        queue.put(n).unwrap();
        queue.get().unwrap();
    }
    assert!(used() <= 32, "a hundred small items use {} KiB", used());
}

fn it_leaves_nothing() {
    let (descriptors, mappings) = (open_descriptors(), shared_mappings());
    for n in 0..100 {
        let queue = Queue::<u32>::new().unwrap();
        assert_eq!(open_descriptors(), descriptors, "a queue holds no descriptor");
        assert!(shared_mappings() > mappings);
        let child = Process::spawn(|| queue.put(n).unwrap()).unwrap();
        assert_eq!(queue.get().unwrap(), n);
        join(child);
    }
    assert_eq!((open_descriptors(), shared_mappings()), (descriptors, mappings));
    crate::forking::assert_no_children();
}

fn a_child_that_drops_it_takes_it_from_nobody() {
    let queue = Queue::<u8>::new().unwrap();
    queue.put(1).unwrap();
    let mut moved = Some(queue);
    // A copy of the queue moves into the child's closure, and is dropped there.
    let child = Process::spawn(|| drop(moved.take())).unwrap();
    join(child);
    let queue = moved.unwrap();
    assert_eq!(queue.get().unwrap(), 1);
}

fn the_errors_read_well() {
    let queue = Queue::<ByteBuf>::bounded(8).unwrap();
    queue.put(ByteBuf::from(vec![0; 7])).unwrap();
    let full = queue.try_put(ByteBuf::new()).unwrap_err();
    assert_eq!(full.to_string(), "the queue is full");
    assert_eq!(
        queue.put(ByteBuf::from(vec![0; 9])).unwrap_err().to_string(),
        "a message of 10 bytes does not fit in a queue of 8 bytes: make the queue with Queue::bounded(10) or more"
    );
    let bad = Queue::<Bad>::new().unwrap();
    assert_eq!(bad.put(Bad::FailsToEncode).unwrap_err().to_string(), "the value cannot be encoded");
    bad.put(Bad::FailsToDecode).unwrap();
    assert_eq!(bad.get().unwrap_err().to_string(), "an item of the queue cannot be decoded");
    // They go where `?` sends them.
    fn all(queue: &Queue<ByteBuf>) -> Result<(), Box<dyn Error + Send + Sync>> {
        queue.put(ByteBuf::new())?;
        queue.try_put(ByteBuf::new())?;
        queue.get()?;
        Ok(())
    }
    queue.get().unwrap();
    all(&queue).unwrap_err();
    fn one(queue: &Queue<ByteBuf>) -> Result<(), PutError> {
        queue.try_put(ByteBuf::from(vec![0; 9]))?;
        Ok(())
    }
    assert!(matches!(one(&queue), Err(PutError::TooLarge { .. })));
}
