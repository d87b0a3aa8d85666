//! Where the C library's code is in a process, and in it the functions that lock, wait and wake by words of memory: what each of them
//! does to its semaphore, mutex, condition variable, barrier or lock looks to all who use that by such functions only as if it
//! were done in one moment (linearizability: M. P. Herlihy, J. M. Wing, TOPLAS 12 (1990)), but for where it waits.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::clock::auxiliary_value;
use super::thread_lock::{self, JOIN};
use crate::kernel::proc;
use crate::kernel::symbols::{self, Function, Segment};
use crate::trace::Pid;

/// What else such functions are called, beside those that are [steps of threads](thread_lock::FUNCTIONS): they look, lock, wait or wake. (What
/// makes a lock is none of them: nobody may use it before that is done.)
const OTHERS: [&str; 7] = [
    "sem_destroy",
    "pthread_mutex_consistent",
    "pthread_mutex_destroy",
    "pthread_cond_destroy",
    "pthread_barrier_destroy",
    "pthread_rwlock_destroy",
    "pthread_spin_destroy",
];

/// The files in which these are the C library's: glibc, before version 2.34 in two files, and musl.
const FILES: [&str; 4] = ["libc.so.6", "libpthread.so.0", "ld-musl-x86_64.so.1", "libc.musl-x86_64.so.1"];

/// So many of these, the first ones, are glibc's.
const GLIBC: usize = 2;

/// What glibc calls that `FILE`.
const STDOUT: &str = "_IO_2_1_stdout_";

/// A larger file is not read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Code that a process has mapped from one file.
#[derive(Debug, Clone)]
pub struct Code {
    range: Range<u64>,
    /// Those functions, where they are in this process; none in a file that is not the C library's.
    operations: Vec<Function>,
    /// Such of them as others can call; and the one that waits for a thread.
    entries: Vec<Function>,
    /// Where stdio(3) has the process's standard output, if that is in the same file.
    stdout: Option<u64>,
}

/// The code that a process has mapped, as far as it was asked for. (What it maps later is not known, and is as if it were not the library's.)
#[derive(Debug, Default)]
pub struct Library(Vec<Code>);

impl Library {
    /// The code in which this instruction of a process lies, if that is the C library's.
    pub fn code_at(&mut self, pid: Pid, instruction: u64) -> Option<&Code> {
        if !self.0.iter().any(|code| code.range.contains(&instruction)) {
            self.0.push(code_at(pid, instruction)?);
        }
        self.known_at(instruction)
    }

    /// All code of glibc in a process.
    pub fn of_glibc(pid: Pid) -> Vec<Code> {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        let is_code = |line: &&str| {
            let is_of_glibc = FILES[..GLIBC].iter().any(|file| line.ends_with(&format!("/{file}")));
            is_of_glibc && line.split_whitespace().nth(1).is_some_and(|rights| rights.contains('x'))
        };
        maps.lines().filter(is_code).filter_map(proc::mapping).filter_map(|mapping| code_of(pid, mapping)).collect()
    }

    /// Where the file is, in a process, that has loaded all others (ld.so(8)).
    pub fn loader(pid: Pid) -> Option<Range<u64>> {
        let base = auxiliary_value(pid, libc::AT_BASE).ok()??;
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
        let path = |rest: &str| rest.splitn(5, ' ').last().map(|path| path.trim_start().to_owned());
        let all: Vec<_> = maps.lines().filter_map(proc::mapping).collect();
        let (_, _, first) = all.iter().find(|(start, ..)| *start == base)?;
        let last = all.iter().rfind(|(.., rest)| path(rest) == path(first))?;
        Some(base..last.1)
    }

    /// The same, if that was asked for before.
    pub fn known_at(&self, instruction: u64) -> Option<&Code> {
        self.0.iter().find(|code| code.range.contains(&instruction) && !code.operations.is_empty())
    }
}

impl Code {
    /// Those functions, as far as others can call them, and the one that waits for a thread.
    pub fn entries(&self) -> &[Function] {
        &self.entries
    }

    /// Where stdio(3) has the process's standard output, if the file has that.
    pub fn stdout(&self) -> Option<u64> {
        self.stdout
    }

    /// Its addresses.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Whether that function gives a mutex back, which only who has it may.
    pub fn gives_back_at(&self, instruction: u64) -> bool {
        let is_wait = |name: &str| name.starts_with("pthread_cond_") && name.ends_with("wait");
        self.operation_at(instruction).is_some_and(|name| name == "pthread_mutex_unlock" || is_wait(name))
    }

    /// Whether that function changes its words by more than one store, so that a process which is killed in it may leave others waiting for
    /// ever. (A semaphore or a mutex is had, or is not.)
    pub fn is_in_parts_at(&self, instruction: u64) -> bool {
        const IN_PARTS: [&str; 3] = ["pthread_cond_", "pthread_barrier_", "pthread_rwlock_"];
        self.operation_at(instruction).is_some_and(|name| IN_PARTS.iter().any(|family| name.starts_with(family)))
    }

    /// What the function is called in which this instruction lies, if it is one of those.
    pub fn operation_at(&self, instruction: u64) -> Option<&str> {
        let is_it = |function: &&Function| (function.start..function.end).contains(&instruction);
        self.operations.iter().find(is_it).map(|function| function.name.as_str())
    }
}

fn code_at(pid: Pid, instruction: u64) -> Option<Code> {
    // (Not by `proc::text`: the kernel writes this file in several pieces.)
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let mapping =
        maps.lines().filter_map(proc::mapping).find(|(start, end, _)| (*start..*end).contains(&instruction))?;
    code_of(pid, mapping)
}

/// The code in a mapping, as [`proc::mapping`] gives that.
fn code_of(pid: Pid, (start, end, rest): (u64, u64, &str)) -> Option<Code> {
    let mut fields = rest.splitn(5, ' ');
    let offset = fields.nth(1).and_then(|offset| u64::from_str_radix(offset, 16).ok())?;
    let path = fields.nth(2).unwrap_or_default().trim_start();
    let range = start..end;
    let (known, base) = known(pid, Path::new(path), start, offset).unwrap_or_default();
    let moved = |function: &Function| Function {
        start: base + function.start,
        end: base.saturating_add(function.end),
        name: function.name.clone(),
    };
    let operations = known.operations.iter().map(moved).collect();
    let entries = known.entries.iter().map(moved).collect();
    let stdout = known.stdout.map(|stdout| base.saturating_add(stdout));
    Some(Code { range, operations, entries, stdout })
}

/// What is known of a file: those of its functions; those that others can call, with the one that waits for a thread; and what of it is mapped.
#[derive(Default)]
struct Known {
    operations: Vec<Function>,
    entries: Vec<Function>,
    stdout: Option<u64>,
    segments: Vec<Segment>,
}

/// All runs have the same library. The keys are its device and inode.
static KNOWN: Mutex<Option<Files>> = Mutex::new(None);

type Files = HashMap<(u64, u64), Arc<Known>>;

/// What is known of the file from which a process has mapped something, and how far that is from where the file says that it belongs.
fn known(pid: Pid, path: &Path, start: u64, offset: u64) -> Option<(Arc<Known>, u64)> {
    let name = path.file_name()?.to_str()?;
    FILES.contains(&name).then_some(())?;
    // As the process itself sees it.
    let mut file = File::open(format!("/proc/{pid}/root{}", path.display())).ok()?;
    let meta = file.metadata().ok().filter(|meta| meta.is_file() && meta.len() <= LARGEST)?;
    let key = (meta.dev(), meta.ino());
    let mut all = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let all = all.get_or_insert_default();
    let known = match all.get(&key) {
        Some(known) => Arc::clone(known),
        None => {
            let mut image = Vec::new();
            file.read_to_end(&mut image).ok()?;
            let segments = symbols::segments(&image).unwrap_or_default();
            let operations = operations_in(&image, &segments).unwrap_or_default();
            let mut entries = symbols::functions(&image).unwrap_or_default();
            entries.retain(|function| is_entry(&function.name));
            let stdout = symbols::object(&image, STDOUT);
            let known = Arc::new(Known { operations, entries, stdout, segments });
            all.insert(key, Arc::clone(&known));
            known
        }
    };
    // A mapping begins with the page in which its segment does.
    let page = |at: u64| at & !0xfff;
    let segment = known.segments.iter().find(|segment| page(segment.offset) == offset)?;
    let base = start.checked_sub(page(segment.address))?;
    Some((known, base))
}

/// Those functions, and such as only the library itself can call and these go on in: `pthread_mutex_unlock` of glibc is no more than a jump to another
/// one. They are called like those that go there.
fn operations_in(image: &[u8], segments: &[Segment]) -> Option<Vec<Function>> {
    /// call and jmp, with four bytes that say how far.
    const GOES: [u8; 2] = [0xe8, 0xe9];
    let all = symbols::functions(image)?;
    let beginnings = symbols::beginnings(image).unwrap_or_default();
    let mut operations: Vec<Function> = all.iter().filter(|function| is_operation(&function.name)).cloned().collect();
    let mut parts: Vec<Function> = Vec::new();
    // Who jumps there leaves all else to it, and so comes before those who call it: jumps are looked for first.
    for goes in GOES.into_iter().rev() {
        for operation in &operations {
            let segment = segments.iter().rfind(|segment| segment.address <= operation.start)?;
            let at = |address: u64| usize::try_from(address - segment.address + segment.offset).ok();
            let code = image.get(at(operation.start)?..at(operation.end)?)?;
            // (Other bytes may look like that, but hardly lead to where a function begins.)
            for (after, bytes) in (operation.start + 5..).zip(code.windows(5)).filter(|(_, bytes)| bytes[0] == goes) {
                let far = i32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]);
                let start = after.wrapping_add_signed(i64::from(far));
                let Ok(number) = beginnings.binary_search(&start) else { continue };
                let end = beginnings.get(number + 1).copied().unwrap_or(start);
                if all.iter().chain(&parts).all(|known| known.start != start) {
                    parts.push(Function { name: operation.name.clone(), start, end });
                }
            }
        }
    }
    operations.append(&mut parts);
    Some(operations)
}

fn is_entry(name: &str) -> bool {
    name == JOIN || thread_lock::Function::named(name).is_some()
}

fn is_operation(name: &str) -> bool {
    OTHERS.contains(&name) || thread_lock::Function::named(name).is_some_and(|function| !function.prints())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_of_this_process_are_found() {
        let address = libc::sem_post as *const () as u64;
        let mut library = Library::default();
        let pid = std::process::id();
        let Some(code) = library.code_at(pid, address) else {
            // Linked into the program: there it is nobody's but the program's.
            return;
        };
        assert_eq!(code.operation_at(address), Some("sem_post"));
        assert!(code.range().contains(&address));
        let entries: Vec<&str> = code.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert!(["sem_post", "pthread_join", "printf"].iter().all(|name| entries.contains(name)), "{entries:?}");
        assert!(Library::loader(pid).is_some_and(|loader| !loader.is_empty() && !loader.contains(&address)));
        let here = the_operations_of_this_process_are_found as *const () as u64;
        assert!(library.code_at(pid, here).is_none());
        assert!(is_operation("pthread_cond_wait") && !is_operation("sem_init") && !is_operation("memcpy"));
    }
}
