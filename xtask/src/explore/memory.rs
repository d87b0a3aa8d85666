//! Memory that processes share: which words of it a step has changed.
//!
//! A process that only looks at shared memory leaves no trace there; such a look is not seen.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

use super::sys;
use super::wire::{Footprint, Object};
use crate::trace::Pid;

const PAGE: usize = 4096;
const WORDS: usize = PAGE / 8;

/// The most pages of one process that are watched.
const MOST: usize = 2048;

/// How many words of a page may change before the page counts as a whole.
const MANY: usize = 64;

/// What was in all shared memory when we last looked.
#[derive(Default)]
pub struct SharedMemory {
    /// By device and inode, numbered in the order in which they were met.
    objects: HashMap<(u64, u64), u64>,
    pages: HashMap<(u64, u64), Box<[u64; WORDS]>>,
}

/// A part of the address space that others may see.
#[derive(Debug, Clone)]
pub struct Mapping {
    start: u64,
    end: u64,
    object: u64,
    /// In pages.
    offset: u64,
}

impl SharedMemory {
    /// The shared, writable mappings of a process, as `/proc/PID/maps` shows them (proc(5)).
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
            if !rights.ends_with('s') || !rights.contains('w') {
                continue;
            }
            let hex = |text: &str| u64::from_str_radix(text, 16).unwrap_or(0);
            let (start, end) = range.split_once('-').map_or((0, 0), |(start, end)| (hex(start), hex(end)));
            let (major, minor) = device.split_once(':').map_or((0, 0), |(major, minor)| (hex(major), hex(minor)));
            let next = self.objects.len() as u64;
            let object = *self.objects.entry((major << 32 | minor, inode.parse().unwrap_or(0))).or_insert(next);
            mappings.push(Mapping { start, end, object, offset: hex(offset) / PAGE as u64 });
        }
        Ok(mappings)
    }

    /// Adds to `footprint` what differs, in the memory that this process has touched, from when we last looked. Whether all
    /// of that could be looked at.
    pub fn look(&mut self, pid: Pid, mappings: &[Mapping], footprint: &mut Footprint) -> bool {
        let Ok(pagemap) = File::open(format!("/proc/{pid}/pagemap")) else { return false };
        let mut left = MOST;
        let mut content = Vec::new();
        for mapping in mappings {
            for (start, end) in touched(&pagemap, mapping.start, mapping.end) {
                let pages = ((end - start) as usize / PAGE).min(left);
                left -= pages;
                content.resize(pages * PAGE, 0);
                let read = sys::read_memory(pid, start, &mut content);
                let first = (start - mapping.start) / PAGE as u64 + mapping.offset;
                for (number, page) in content[..read].as_chunks::<PAGE>().0.iter().enumerate() {
                    self.compare(mapping.object, first + number as u64, page, footprint);
                }
            }
        }
        left > 0
    }

    fn compare(&mut self, object: u64, number: u64, page: &[u8; PAGE], footprint: &mut Footprint) {
        let known = self.pages.entry((object, number)).or_insert_with(|| Box::new([0; WORDS]));
        let mut changed = Vec::new();
        for (at, (bytes, word)) in page.as_chunks::<8>().0.iter().zip(known.iter_mut()).enumerate() {
            let now = u64::from_ne_bytes(*bytes);
            if now != *word {
                *word = now;
                changed.push(at as u64);
            }
        }
        if !changed.is_empty() {
            footprint.adds_to(Object::ALL_MEMORY);
        }
        let whole = Object::memory(object << 40 | number << 10);
        if changed.len() > MANY {
            footprint.changes(whole);
        } else if !changed.is_empty() {
            footprint.looks_at(whole);
            for at in changed {
                footprint.changes(Object::memory(object << 40 | number << 10 | (at + 1)));
            }
        }
    }
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
    let mut entries = vec![0; 8 * ((end - start) as usize / PAGE).min(1 << 16)];
    let read = pagemap.read_at(&mut entries, start / PAGE as u64 * 8).unwrap_or(0);
    for (number, entry) in entries[..read].as_chunks::<8>().0.iter().enumerate() {
        let page = start + (number * PAGE) as u64;
        // Bit 63: present.
        if u64::from_ne_bytes(*entry) >> 63 == 0 {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.1 == page => last.1 += PAGE as u64,
            _ => ranges.push((page, page + PAGE as u64)),
        }
    }
    ranges
}
