//! Memory that processes share: which pages of it a step has looked at and changed.
//!
//! A page that a process has touched stands in its page table (proc(5), `pagemap`). So after each step, while all are held,
//! the touched pages of memory that lies in a file without a name (memfd_create(2), or a file removed since) are taken out
//! of every page table, by punching a hole into the file and writing the same content back: whoever touches one next, if
//! only to look, is seen again. Of other shared memory each mapping is one object: the processor notes that it was touched,
//! and what was changed is found by comparing.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::LazyLock;

use nix::fcntl::{FallocateFlags, FcntlArg, OFlag, fallocate, fcntl};
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};

use super::object::{Footprint, Object};
use crate::kernel::sys;
use crate::trace::Pid;

/// The size of a page, in bytes.
static PAGE: LazyLock<u64> = LazyLock::new(|| {
    // SAFETY: takes a number.
    u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
});

/// What the kernel calls shared memory that lies in no file.
const ANONYMOUS: &str = "/dev/zero";

/// The most pages of one process that are watched.
const MOST: u64 = 2048;

/// What was in all shared memory when we last looked.
#[derive(Default)]
pub struct SharedMemory {
    /// By device and inode, numbered in the order in which they were met.
    objects: HashMap<(u64, u64), u64>,
    /// Those of them that are files in memory.
    files: HashMap<u64, File>,
    pages: HashMap<(u64, u64), Box<[u8]>>,
    /// The files that are mapped, by what footprints call their contents.
    contents: HashMap<u64, u64>,
}

/// A part of the address space that others may see.
#[derive(Debug, Clone)]
pub struct Mapping {
    start: u64,
    end: u64,
    object: u64,
    /// In pages.
    offset: u64,
    /// Whoever looks at it is seen.
    pub seen: bool,
}

impl Mapping {
    /// Whether this address lies in it.
    pub fn contains(&self, address: u64) -> bool {
        (self.start..self.end).contains(&address)
    }

    /// From where to where it goes.
    pub fn range(&self) -> (u64, u64) {
        (self.start, self.end)
    }

    /// The page in which this address lies: where it begins, and where it ends.
    pub fn page(address: u64) -> (u64, u64) {
        let start = address / *PAGE * *PAGE;
        (start, start + *PAGE)
    }

    /// How many bytes a page has.
    pub fn page_size() -> u64 {
        *PAGE
    }
}

impl SharedMemory {
    /// A file is about to be mapped; whether it lies in memory.
    pub fn add(&mut self, file: OwnedFd) -> bool {
        let file = File::from(file);
        let in_memory = fstatfs(&file).is_ok_and(|fs| fs.filesystem_type() == TMPFS_MAGIC);
        if let (true, Ok(meta)) = (in_memory, file.metadata()) {
            let object = self.number(meta.dev(), meta.ino());
            self.files.entry(object).or_insert_with(|| anew(&file).unwrap_or(file));
        }
        in_memory
    }

    /// What lies at this address is the content of a file, which calls can read and write too. (On some file systems a mapping shows
    /// another device and inode than the open file.)
    pub fn is_content(&mut self, mappings: &[Mapping], address: u64, content: u64) {
        if let Some(mapping) = mappings.iter().find(|mapping| mapping.contains(address)) {
            self.contents.insert(mapping.object, content);
        }
    }

    /// The file whose content lies at this address, if it is one.
    pub fn content_at(&self, mappings: &[Mapping], address: u64) -> Option<Object> {
        let mapping = mappings.iter().find(|mapping| mapping.contains(address))?;
        self.contents.get(&mapping.object).map(|&content| Object::Content(content))
    }

    /// Whether any of these mappings goes on where its file has ended.
    pub fn reaches_beyond_end(&self, mappings: &[Mapping]) -> bool {
        mappings.iter().any(|mapping| {
            let meta = self.files.get(&mapping.object).and_then(|file| file.metadata().ok());
            let until = mapping.offset * *PAGE + (mapping.end - mapping.start);
            meta.is_some_and(|meta| meta.len().next_multiple_of(*PAGE) < until)
        })
    }

    fn number(&mut self, device: u64, inode: u64) -> u64 {
        let next = self.objects.len() as u64;
        *self.objects.entry((device, inode)).or_insert(next)
    }

    /// The shared mappings of a process, as `/proc/PID/maps` shows them (proc(5)), that it or another may write to.
    ///
    /// # Errors
    /// If that cannot be read.
    pub fn mappings(&mut self, pid: Pid) -> io::Result<Vec<Mapping>> {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps"))?;
        let mut mappings = Vec::new();
        for line in maps.lines() {
            let mut fields = line.split_ascii_whitespace();
            let (Some(range), Some(rights), Some(offset), Some(device), Some(inode)) =
                (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            if !rights.ends_with('s') {
                continue;
            }
            let hex = |text: &str| u64::from_str_radix(text, 16).unwrap_or(0);
            let (start, end) = range.split_once('-').map_or((0, 0), |(start, end)| (hex(start), hex(end)));
            let (major, minor) = device.split_once(':').map_or((0, 0), |(major, minor)| (hex(major), hex(minor)));
            let object = self.number(libc::makedev(major as u32, minor as u32), inode.parse().unwrap_or(0));
            // A file that others can open by its name is not ours to punch holes into, be it for a moment.
            let nameless = |file: &File| file.metadata().is_ok_and(|meta| meta.nlink() == 0);
            let seen = self.files.get(&object).is_some_and(nameless);
            // What others write shows in a mapping that is only read, too.
            // (A name may have spaces in it. Nothing before it has a slash.)
            let name = line.find('/').map(|at| line[at..].trim_end_matches(" (deleted)"));
            if seen || rights.contains('w') || name == Some(ANONYMOUS) || inode_changes(name) {
                mappings.push(Mapping { start, end, object, offset: hex(offset) / *PAGE, seen });
            }
        }
        Ok(mappings)
    }

    /// Adds to `footprint` which of these pages the process has touched since we last looked, and which of them it has changed.
    /// Whether all of that could be looked at.
    pub fn look(&mut self, pid: Pid, mappings: &[Mapping], footprint: &mut Footprint) -> bool {
        let Ok(pagemap) = File::open(format!("/proc/{pid}/pagemap")) else { return false };
        let referenced = if mappings.iter().all(|mapping| mapping.seen) { Some(Vec::new()) } else { referenced(pid) };
        let Some(referenced) = referenced else { return false };
        let mut left = MOST;
        let touched = touched_of(&pagemap, mappings);
        for mapping in mappings {
            if !mapping.seen {
                if !referenced.contains(&mapping.start) {
                    continue;
                }
                footprint.reads(whole(mapping.object, 0));
            }
            let within = |&(start, end): &(u64, u64)| (start.max(mapping.start), end.min(mapping.end));
            for (start, end) in touched.iter().map(within).filter(|(start, end)| start < end) {
                let pages = ((end - start) / *PAGE).min(left);
                left -= pages;
                let mut content = vec![0; (pages * *PAGE) as usize];
                let first = (start - mapping.start) / *PAGE + mapping.offset;
                let file = self.files.get(&mapping.object).filter(|_| mapping.seen);
                let read = match file {
                    Some(file) => file.read_at(&mut content, first * *PAGE).unwrap_or(0),
                    None => sys::read_memory(pid, start, &mut content),
                };
                if read == 0 {
                    continue;
                }
                content.truncate(read.next_multiple_of(*PAGE as usize));
                if file.is_some_and(|file| hide(file, first * *PAGE, &content, read).is_err()) {
                    return false;
                }
                for (number, page) in content.chunks_exact(*PAGE as usize).enumerate() {
                    self.compare(mapping, first + number as u64, page, footprint);
                }
            }
        }
        // Only now: to read it marked it as well, for everybody (`FOLL_TOUCH` in Linux's mm/gup.c).
        let is_forgotten = referenced.is_empty() || forget_references(pid).is_ok();
        left > 0 && is_forgotten
    }

    /// To be called when a process has ended: of what that has touched, the kernel then says of everybody that they have
    /// touched it (`folio_mark_accessed` where the pages of a process are unmapped). Who has run has to be [looked at](Self::look) before.
    pub fn forget(pid: Pid, mappings: &[Mapping]) {
        if mappings.iter().any(|mapping| !mapping.seen) {
            // If it fails, too much seems to be touched, and that is what was so before.
            let _ = forget_references(pid);
        }
    }

    fn compare(&mut self, mapping: &Mapping, number: u64, page: &[u8], footprint: &mut Footprint) {
        let object = mapping.object;
        let whole = whole(object, if mapping.seen { number } else { 0 });
        let known = self.pages.entry((object, number)).or_insert_with(|| vec![0; page.len()].into());
        if **known == *page {
            footprint.reads(whole);
        } else {
            *known = page.into();
            footprint.writes(whole);
        }
    }
}

/// Whether a mapping of this name may be changed by others.
fn inode_changes(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.starts_with('/') && super::files::may_change(std::path::Path::new(name)))
}

/// A file opened anew, for the same: whoever keeps a copy of the program's own descriptor keeps its locks as well (flock(2)).
fn anew(file: &File) -> Option<File> {
    let flags = OFlag::from_bits_retain(fcntl(file, FcntlArg::F_GETFL).ok()?) & OFlag::O_ACCMODE;
    let (reads, writes) = (flags != OFlag::O_WRONLY, flags != OFlag::O_RDONLY);
    File::options().read(reads).write(writes).open(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
}

/// The page of shared memory at this address.
pub fn page_at(mappings: &[Mapping], address: u64) -> Option<Object> {
    let mapping = mappings.iter().find(|mapping| mapping.contains(address))?;
    let page = (address - mapping.start) / *PAGE + mapping.offset;
    Some(whole(mapping.object, if mapping.seen { page } else { 0 }))
}

/// The words of shared memory that these bytes lie in, where each is an object of its own.
pub fn words_at(mappings: &[Mapping], address: u64, bytes: u64) -> Vec<Object> {
    let Some(mapping) = mappings.iter().find(|mapping| mapping.contains(address)) else { return Vec::new() };
    let first = address / WORD;
    let last = (address + bytes.max(1) - 1).min(mapping.end - 1) / WORD;
    let word = |at: u64| {
        let offset = at * WORD - mapping.start;
        Object::Page(mapping.object << 40 | (offset / *PAGE + mapping.offset) << 14 | (offset % *PAGE / WORD + 1))
    };
    (first..=last).map(word).collect()
}

/// Where a futex is. Who wakes others meets those who wait at the same place, at whatever address they have it (futex(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FutexPlace {
    /// At this address of a process, for its threads: `FUTEX_PRIVATE_FLAG`. The kernel keeps these apart.
    OfThreads(usize, u64),
    /// At this address of a process, which shares that with nobody.
    OfProcess(usize, u64),
    /// In what several may have mapped: the object, and the byte in it.
    Shared(u64, u64),
}

/// The object that lies at this address, and the byte in it.
pub fn place_at(mappings: &[Mapping], address: u64) -> Option<(u64, u64)> {
    let mapping = mappings.iter().find(|mapping| mapping.contains(address))?;
    Some((mapping.object, address - mapping.start + mapping.offset * *PAGE))
}

/// Who waits for the word at this address (futex(2)), where each word is an object of its own.
pub fn queue_at(mappings: &[Mapping], address: u64) -> Option<Object> {
    let word = words_at(mappings, address, 1).pop()?;
    if let Object::Page(word) = word { Some(Object::Page(word + QUEUES)) } else { None }
}

/// More than there are words in a page of any usual size.
const QUEUES: u64 = 1 << 13;

/// How many bytes a word has.
const WORD: u64 = 8;

fn whole(object: u64, page: u64) -> Object {
    Object::Page(object << 40 | page << 14)
}

/// Where the mappings begin that a process has touched since [`forget_references`]: the processor notes that in the page
/// table (proc_pid_smaps(5), `Referenced`; proc_pid_clear_refs(5)). `None` if the kernel does not tell.
fn referenced(pid: Pid) -> Option<Vec<u64>> {
    let smaps = fs::read_to_string(format!("/proc/{pid}/smaps")).ok()?;
    let mut all = Vec::new();
    let mut start = 0;
    for line in smaps.lines() {
        match line.strip_prefix("Referenced:") {
            Some(size) if size.trim() != "0 kB" => all.push(start),
            Some(_) => {}
            None => {
                let range = line.split_ascii_whitespace().next().and_then(|range| range.split_once('-'));
                if let Some(from) = range.and_then(|(from, _)| u64::from_str_radix(from, 16).ok()) {
                    start = from;
                }
            }
        }
    }
    Some(all)
}

/// A processor that still knows a page from before would not note the next touch. So these bits are cleared, and then others
/// that nobody here uses (soft-dirty), since only after that the kernel makes the processors forget. Where it does not know
/// these, none are cleared: who has touched the memory once is taken to do so in each step.
fn forget_references(pid: Pid) -> io::Result<()> {
    static MAKES_FORGET: LazyLock<bool> = LazyLock::new(|| fs::write("/proc/self/clear_refs", "4").is_ok());
    if !*MAKES_FORGET {
        return Ok(());
    }
    let clear = |what: &str| fs::write(format!("/proc/{pid}/clear_refs"), what);
    clear("1")?;
    clear("4")
}

/// Takes these pages out of all page tables. So many bytes of them are in the file; that of a semaphore ends within its first.
fn hide(file: &File, from: u64, pages: &[u8], until: usize) -> io::Result<()> {
    let flags = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
    fallocate(file, flags, from as i64, pages.len() as i64)?;
    file.write_all_at(&pages[..until], from)
}

/// The pages of these mappings that a process has touched, as ranges. Most mappings lie one beside the other, and to ask for
/// many pages takes hardly longer than to ask for one.
fn touched_of(pagemap: &File, mappings: &[Mapping]) -> Vec<(u64, u64)> {
    let mut places: Vec<(u64, u64)> = mappings.iter().map(|mapping| (mapping.start, mapping.end)).collect();
    places.sort_unstable();
    places.dedup_by(|next, place| {
        let is_adjacent = next.0 <= place.1;
        if is_adjacent {
            place.1 = place.1.max(next.1);
        }
        is_adjacent
    });
    places.into_iter().flat_map(|(start, end)| touched(pagemap, start, end)).collect()
}

/// The pages between two addresses that a process has touched, as ranges.
fn touched(pagemap: &File, start: u64, end: u64) -> Vec<(u64, u64)> {
    scan(pagemap, start, end).unwrap_or_else(|| read(pagemap, start, end))
}

/// By PAGEMAP_SCAN, which Linux has from 6.7 on (Documentation/admin-guide/mm/pagemap.rst).
fn scan(pagemap: &File, start: u64, end: u64) -> Option<Vec<(u64, u64)>> {
    const PAGEMAP_SCAN: libc::Ioctl = 0xc060_6610;
    const PRESENT: u64 = 1 << 3;
    const REGIONS: usize = 64;
    let mut ranges = Vec::new();
    let mut from = start;
    while from < end {
        // `struct page_region`: start, end, categories.
        let mut regions = [[0u64; 3]; REGIONS];
        // `struct pm_scan_arg`: size, flags, start, end, walk_end, vec, vec_len, max_pages, and four masks of categories:
        // inverted, all of, any of, returned.
        let mut request: [u64; 12] =
            [96, 0, from, end, 0, regions.as_mut_ptr() as u64, REGIONS as u64, 0, 0, PRESENT, 0, PRESENT];
        // SAFETY: the request carries the size of `request`, in which the kernel reads and writes; and it is given the
        // address and the number of the `regions`, of which it writes no more.
        let count = unsafe { libc::ioctl(pagemap.as_raw_fd(), PAGEMAP_SCAN, &raw mut request) };
        let count = usize::try_from(count).ok()?;
        ranges.extend(regions[..count].iter().map(|&[start, end, _]| (start, end)));
        from = request[4];
        if count < REGIONS {
            break;
        }
    }
    Some(ranges)
}

fn read(pagemap: &File, start: u64, end: u64) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    let mut entries = vec![0; 8 * (((end - start) / *PAGE) as usize).min(1 << 16)];
    let read = pagemap.read_at(&mut entries, start / *PAGE * 8).unwrap_or(0);
    for (number, entry) in entries[..read].as_chunks::<8>().0.iter().enumerate() {
        let page = start + number as u64 * *PAGE;
        // Bit 63: present.
        if u64::from_ne_bytes(*entry) >> 63 == 0 {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.1 == page => last.1 += *PAGE,
            _ => ranges.push((page, page + *PAGE)),
        }
    }
    ranges
}
