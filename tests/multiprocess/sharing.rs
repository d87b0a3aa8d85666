//! What `Process` does about what a fork does not copy: parent and child would share it, and safe code could not tell.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use multiprocess::{Process, ProcessBuilder, Queue, pipe};

use crate::forking::{Case, assert_no_children};

pub const CASES: &[Case] = cases![
    memory_that_is_shared_is_refused_unless_allowed,
    shared_memory_that_may_become_writable_is_refused_too,
    shared_memory_that_nobody_may_write_to_is_no_obstacle,
    a_child_has_no_part_in_its_parents_epoll_sets,
    a_child_that_could_not_but_share_an_epoll_set_does_not_begin,
];

fn memory_that_is_shared_is_refused_unless_allowed() {
    let _own = Queue::<u8>::new().unwrap();
    assert!(Process::spawn(|| ()).unwrap().join().unwrap().success(), "the library's own is made for it");
    crate::forking::share_a_page();
    let error = Process::spawn(|| ()).unwrap_err().to_string();
    assert!(error.contains("/dev/zero") && error.contains("allow_shared_mappings"), "{error}");
    assert_no_children();
    // SAFETY: nobody uses the page.
    let mut p = unsafe { ProcessBuilder::new().allow_shared_mappings() }.spawn(|| ()).unwrap();
    assert!(p.join().unwrap().success());
}

/// Maps a page shared.
fn share_a_page(rights: libc::c_int, file: Option<&std::fs::File>) {
    let kind = libc::MAP_SHARED | if file.is_none() { libc::MAP_ANONYMOUS } else { 0 };
    let file = file.map_or(-1, AsRawFd::as_raw_fd);
    // SAFETY: a new page that nobody uses.
    assert_ne!(unsafe { libc::mmap(std::ptr::null_mut(), 4096, rights, kind, file, 0) }, libc::MAP_FAILED);
}

/// `memmap::MmapMut::map_anon(…)?.make_read_only()?` is such memory, and `make_mut` would be called in the child; all are safe.
fn shared_memory_that_may_become_writable_is_refused_too() {
    for rights in [libc::PROT_READ, libc::PROT_NONE] {
        share_a_page(rights, None);
        let error = Process::spawn(|| ()).unwrap_err().to_string();
        assert!(error.contains("/dev/zero") && error.contains("allow_shared_mappings"), "{error}");
    }
    assert_no_children();
}

fn shared_memory_that_nobody_may_write_to_is_no_obstacle() {
    let _own = Queue::<u8>::new().unwrap();
    share_a_page(libc::PROT_READ, Some(&std::fs::File::open("/proc/self/exe").unwrap()));
    assert!(Process::spawn(|| ()).unwrap().join().unwrap().success());
}

fn epoll_set() -> OwnedFd {
    // SAFETY: a plain number; the descriptor is new, and nobody else's.
    unsafe {
        let set = libc::epoll_create1(libc::EPOLL_CLOEXEC);
        assert!(set >= 0);
        OwnedFd::from_raw_fd(set)
    }
}

/// Lets the set tell this word as soon as something can be read.
fn register(set: &OwnedFd, watched: &impl AsRawFd, word: u64) -> io::Result<()> {
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: word };
    // SAFETY: a live event.
    let answer = unsafe { libc::epoll_ctl(set.as_raw_fd(), libc::EPOLL_CTL_ADD, watched.as_raw_fd(), &raw mut event) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What a set tells, if it tells something within a tenth of a second.
fn told(set: &OwnedFd) -> Option<u64> {
    let mut event = libc::epoll_event { events: 0, u64: 0 };
    // SAFETY: room for one event.
    let count = unsafe { libc::epoll_wait(set.as_raw_fd(), &raw mut event, 1, 100) };
    (count == 1).then_some(event.u64)
}

/// A runtime keeps addresses in its set: those of a child would be told to its parent.
fn a_child_has_no_part_in_its_parents_epoll_sets() {
    // Not all of the list comes at once.
    let _many: Vec<_> = (0..300).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
    let (set, (mut ours, theirs)) = (epoll_set(), pipe::<u8, u8>().unwrap());
    register(&set, &ours, 1).unwrap();
    let mut p = Process::spawn(|| {
        let (mut one, other) = pipe::<u8, u8>().unwrap();
        let error = register(&set, &other, 2).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        one.send(1).unwrap();
        // Its number still belongs to it: what is opened next gets another one, and what the child makes itself is a set.
        let own = epoll_set();
        assert_ne!(own.as_raw_fd(), set.as_raw_fd());
        register(&own, &other, 3).unwrap();
        assert_eq!(told(&own), Some(3));
        let mut theirs = theirs;
        theirs.recv().unwrap();
    })
    .unwrap();
    assert_eq!(told(&set), None);
    ours.send(1).unwrap();
    assert!(p.join().unwrap().success());
    // The other end is closed: the parent's own word is told as ever.
    assert_eq!(told(&set), Some(1));
}

fn a_child_that_could_not_but_share_an_epoll_set_does_not_begin() {
    let _set = epoll_set();
    let builder = ProcessBuilder::new();
    crate::forking::refuse(libc::SYS_dup3..=libc::SYS_dup3, libc::EPERM);
    let error = builder.spawn(|| unreachable!()).unwrap_err();
    assert!(error.to_string().contains("epoll"), "{error}");
    assert_no_children();
}
