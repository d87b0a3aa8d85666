//! Files: their content, their names, what is in a folder, and locks.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

use super::calls::{FileCall, PathCall};
use super::table;
use super::{Answer, OF_FILES, Target};
use crate::kernel::arch;
use crate::kernel::sys::{self, Call};
use crate::protocol::{Access, CaveatKind, Footprint, Object};
use crate::world::files::{Remains, may_change, normal, number};
use crate::world::run::Supervisor;
use crate::world::task::Op;

/// The longest path there is.
const PATH_MAX: usize = 4096;

/// How many links may be followed in one path (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// What a call does with a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Look,
    /// It makes the name; that there is one already is only seen.
    Make,
    /// It takes the name away; that there is none is only seen.
    Remove,
    /// It has the name mean something else.
    Change,
    /// It changes what is in the file.
    Content,
}

/// Where a path leads.
struct Found {
    path: PathBuf,
    /// The symbolic links on the way, and what was to be a folder and is not there.
    links: Vec<PathBuf>,
}

impl Supervisor<'_> {
    /// What to do about a call that is given an open file.
    pub fn decode_file(&mut self, number: usize, call: &Call, kind: FileCall) -> Answer {
        let [a, b, ..] = call.args;
        let process = self.tasks[number].process;
        match kind {
            FileCall::Change | FileCall::Look | FileCall::Seek | FileCall::ReadFolder => {
                self.file_call(process, a, kind)
            }
            FileCall::Space => match self.target(process, a) {
                Target::File(_) | Target::Folder(_) => self.asks_for_room(number, call),
                _ => Answer::LetThrough,
            },
            FileCall::Flock => self.flock(process, a, b as i32),
            FileCall::Fcntl => self.fcntl(number, call),
            FileCall::SetAttribute => {
                if let Some(path) = self.file_of_attribute(number, call) {
                    self.changes_file(number, call, &path);
                }
                self.touches(|uses| uses.writes(Object::Ipc(OF_FILES)))
            }
            FileCall::GetAttribute => self.touches(|uses| uses.reads(Object::Ipc(OF_FILES))),
            // Its folder may have been moved, or removed.
            FileCall::WhereAmI => self.touches(|uses| uses.reads(Object::Folders)),
        }
    }

    /// A call that is given paths.
    pub fn path_call(&mut self, number: usize, call: &Call, kind: PathCall) -> Answer {
        let [a, b, ..] = call.args;
        if let Some(address) = match kind {
            PathCall::Open => Some(a),
            PathCall::OpenAt => Some(b),
            _ => None,
        } && let Some(answer) = self.opens_descriptor(number, call, address)
        {
            return answer;
        }
        if call.nr == libc::SYS_chdir && self.has_threads(self.tasks[number].process) {
            // All of them are there then.
            return self.touches(|uses| uses.writes(Object::Anything));
        }
        if !self.is_alone() {
            return self.named_file(number, call, kind);
        }
        // What it changes is looked at all the same.
        if self.remains != Remains::Nothing {
            self.named_file(number, call, kind);
        } else {
            self.changes_layer_alone(number, call, kind);
        }
        Answer::LetThrough
    }

    /// Whose mode, owner, times or attributes a call sets.
    fn file_of_attribute(&self, number: usize, call: &Call) -> Option<PathBuf> {
        let [a, b, ..] = call.args;
        let is_open =
            matches!(call.nr, libc::SYS_fchmod | libc::SYS_fchown | libc::SYS_fsetxattr | libc::SYS_fremovexattr);
        let is_at = matches!(
            &*table::name(call.nr),
            "fchmodat" | "fchmodat2" | "fchownat" | "utimensat" | "futimesat" | "setxattrat" | "removexattrat"
        );
        if is_open || is_at && b == 0 {
            return fs::read_link(self.place_of(self.tasks[number].process, a)).ok();
        }
        let at = if is_at { (a, b) } else { (libc::AT_FDCWD as u64, a) };
        let is_link = matches!(call.nr, arch::SYS_lchown | libc::SYS_lsetxattr | libc::SYS_lremovexattr);
        let path = self.whole_path(number, at)?;
        Some(self.follow(number, &path, !is_link).path)
    }

    /// Who is alone may rename or change what was there before the run, too.
    fn changes_layer_alone(&mut self, number: usize, call: &Call, kind: PathCall) {
        let [a, b, ..] = call.args;
        let at = match kind {
            PathCall::Open | PathCall::Unlink | PathCall::Rename | PathCall::Truncate => (libc::AT_FDCWD as u64, a),
            PathCall::OpenAt | PathCall::UnlinkAt | PathCall::RenameAt => (a, b),
            _ => return,
        };
        let opens = matches!(kind, PathCall::Open | PathCall::OpenAt);
        if opens && open_flags(call) & libc::O_ACCMODE == libc::O_RDONLY {
            return;
        }
        if let Some(path) = self.whole_path(number, at) {
            let path = self.follow(number, &path, opens || kind == PathCall::Truncate).path;
            let renames = matches!(call.nr, arch::SYS_rename | arch::SYS_renameat | libc::SYS_renameat2);
            self.reaches_below_layer(number, call, &path, renames);
        }
    }

    fn named_file(&mut self, number: usize, call: &Call, kind: PathCall) -> Answer {
        let [a, b, c, d, ..] = call.args;
        let at = libc::AT_FDCWD as u64;
        let is_at = !matches!(
            kind,
            PathCall::Open
                | PathCall::Unlink
                | PathCall::Rename
                | PathCall::Symlink
                | PathCall::Mkdir
                | PathCall::Stat
                | PathCall::StatFs
                | PathCall::Truncate
        );
        let (first, rest) = if is_at { ((a, b), (c, d)) } else { ((at, a), (b, c)) };
        if matches!(kind, PathCall::StatAt | PathCall::AccessAt)
            && a as i32 != libc::AT_FDCWD
            && self.given(number, b).is_some_and(|path| path.as_os_str().is_empty())
        {
            // What is open is meant (AT_EMPTY_PATH), which may have no name any more.
            return self.file_call(self.tasks[number].process, a, FileCall::Look);
        }
        let reads_link = matches!(call.nr, arch::SYS_readlink | libc::SYS_readlinkat);
        if matches!(kind, PathCall::Stat | PathCall::StatAt | PathCall::AccessAt | PathCall::Truncate)
            && let Some(fd) = self.given(number, first.1).and_then(|path| self.descriptor(number, &path))
        {
            return self.names_descriptor(self.tasks[number].process, fd, kind, reads_link);
        }
        let mut uses = Footprint::default();
        match kind {
            PathCall::StatFs => {
                if self.whole_path(number, first).is_some_and(|path| may_change(&path)) && self.exists(number, first) {
                    return self.asks_for_room(number, call);
                }
                self.uses_path(number, call, first, Use::Look, &mut uses);
            }
            PathCall::Open | PathCall::OpenAt => {
                if self.whole_path(number, first).is_some_and(|path| may_change(&path)) {
                    self.is_about_to_open(self.tasks[number].process);
                }
                return self.open(number, call, first);
            }
            PathCall::Rename | PathCall::RenameAt | PathCall::LinkAt => {
                let other = if is_at { rest } else { (at, b) };
                let is_link = matches!(call.nr, arch::SYS_link | libc::SYS_linkat);
                let keeps = call.nr == libc::SYS_renameat2 && call.args[4] & u64::from(libc::RENAME_NOREPLACE) != 0;
                // A link to what is open: by what /proc shows of it, or by its descriptor.
                let is_open = is_link
                    && (self.whole_path(number, first).is_some_and(|path| path.starts_with("/proc"))
                        || is_at && call.args[4] & libc::AT_EMPTY_PATH as u64 != 0);
                let is_there = is_open || self.exists(number, first);
                let fails = !is_there || (is_link || keeps) && self.exists(number, other);
                let how = if fails { Use::Look } else { Use::Change };
                let exchanges = call.nr == libc::SYS_renameat2 && call.args[4] & u64::from(libc::RENAME_EXCHANGE) != 0;
                let moved = [Some(first), exchanges.then_some(other)].into_iter().flatten();
                let moved: Vec<PathBuf> = moved.filter_map(|name| self.path(number, name)).collect();
                let is_folder = moved.iter().any(|path| self.seen_by(number, path).is_dir());
                if !fails && !is_link {
                    moved.iter().for_each(|path| self.reaches_below_layer(number, call, path, true));
                }
                if is_open && !fails {
                    self.gains_name(number, first, &mut uses);
                }
                self.uses_path(number, call, first, how, &mut uses);
                self.uses_path(number, call, other, how, &mut uses);
                if is_folder && !fails {
                    uses.writes(Object::Folders);
                }
            }
            // Of a symbolic link the second path is the name; the first is what it means.
            PathCall::Symlink => self.uses_path(number, call, (at, b), Use::Make, &mut uses),
            PathCall::SymlinkAt => self.uses_path(number, call, (b, c), Use::Make, &mut uses),
            PathCall::Unlink | PathCall::UnlinkAt => {
                let is_folder =
                    call.nr == arch::SYS_rmdir || kind == PathCall::UnlinkAt && c & libc::AT_REMOVEDIR as u64 != 0;
                if is_folder && self.exists(number, first) {
                    uses.writes(Object::Folders);
                }
                self.uses_path(number, call, first, Use::Remove, &mut uses);
            }
            PathCall::Mkdir | PathCall::MkdirAt | PathCall::MknodAt => {
                if kind != PathCall::MknodAt && !self.exists(number, first) {
                    uses.writes(Object::Folders);
                }
                self.uses_path(number, call, first, Use::Make, &mut uses);
            }
            PathCall::Truncate => {
                self.uses_path(number, call, first, Use::Content, &mut uses);
                if let Some(path) = self.whole_path(number, first)
                    && let path = self.follow(number, &path, true).path
                    && may_change(&path)
                    && let Ok(meta) = fs::metadata(self.seen_by(number, &path))
                    && meta.mode() & 0o111 != 0
                {
                    self.writes_text(&meta, &path, &mut uses);
                }
            }
            _ => self.uses_path(number, call, first, Use::Look, &mut uses),
        }
        if uses.is_empty() { Answer::LetThrough } else { Answer::Hold(Op::Plain(uses)) }
    }

    /// How much room a file system has, and for how many files: whatever is written or made there changes that.
    fn asks_for_room(&mut self, number: usize, call: &Call) -> Answer {
        if self.is_alone() { Answer::LetThrough } else { self.is_not_watched(number, call) }
    }

    /// What execve(2) looks at: the file, by whatever names it is found, and whether somebody may write to it.
    pub fn executed(&mut self, number: usize, call: &Call) -> Footprint {
        let mut uses = Footprint::default();
        let [a, b, _, _, flags, _] = call.args;
        let is_at = call.nr == libc::SYS_execveat;
        let at = if is_at { (a, b) } else { (libc::AT_FDCWD as u64, a) };
        let path = if is_at && flags & libc::AT_EMPTY_PATH as u64 != 0 {
            let process = &self.processes[self.tasks[number].process];
            fs::read_link(format!("/proc/{}/fd/{}", process.seen_as, a as i32)).ok()
        } else {
            self.uses_path(number, call, at, Use::Look, &mut uses);
            self.whole_path(number, at)
        };
        let Some(path) = path else { return uses };
        let path = self.follow(number, &path, true).path;
        self.uses_text(number, &path, &mut uses);
        // A script is read, and its interpreter is executed.
        if let Some(interpreter) = interpreter(&self.seen_by(number, &path)) {
            self.uses_text(number, &self.follow(number, &interpreter, true).path, &mut uses);
        }
        uses
    }

    /// Whether execve(2) will say that there is no such file.
    pub fn finds_no_program(&self, number: usize, call: &Call) -> bool {
        let path =
            self.whole_path(number, (libc::AT_FDCWD as u64, call.args[0])).filter(|_| call.nr == libc::SYS_execve);
        let path = path.map(|path| self.follow(number, &path, true).path);
        // What a link of /proc means depends on who asks (/proc/self/exe, and /dev/fd).
        let path = path.filter(|path| !path.starts_with("/proc") && !path.starts_with("/dev"));
        let found = path.map(|path| fs::metadata(self.seen_by(number, &path)));
        found.is_some_and(|found| found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound))
    }

    fn uses_text(&mut self, number: usize, path: &Path, uses: &mut Footprint) {
        let Ok(meta) = fs::metadata(self.seen_by(number, path)) else { return };
        if !meta.is_file() || !may_change(path) {
            return;
        }
        let file = self.files.number(meta.dev(), meta.ino(), path);
        uses.reads(Object::Content(file));
        uses.reads(Object::Text(file));
        let texts = &mut self.processes[self.tasks[number].process].texts;
        if !texts.contains(&file) {
            texts.push(file);
        }
    }

    fn writes_text(&mut self, meta: &fs::Metadata, path: &Path, uses: &mut Footprint) {
        let file = self.files.number(meta.dev(), meta.ino(), path);
        uses.add(Object::Text(file), Access::Add);
        if !self.files.written_texts.contains(&file) {
            self.files.written_texts.push(file);
        }
    }

    fn open(&mut self, number: usize, call: &Call, at: (u64, u64)) -> Answer {
        let flags = open_flags(call);
        let mut uses = Footprint::default();
        let Some(path) = self.whole_path(number, at) else { return Answer::LetThrough };
        let is_exclusive = flags & libc::O_CREAT != 0 && flags & libc::O_EXCL != 0;
        let path = self.follow(number, &path, !is_exclusive && flags & libc::O_NOFOLLOW == 0).path;
        if path.starts_with("/dev/ptmx") || path.starts_with("/dev/pts") {
            // What is typed at a terminal becomes signals, and that is not followed.
            self.not_watched(call, number);
        }
        let meta = fs::metadata(self.seen_by(number, &path));
        let makes = flags & libc::O_CREAT != 0 && (meta.is_err() || is_exclusive);
        let truncates = flags & libc::O_TRUNC != 0;
        if is_exclusive && self.exists(number, at) {
            // It fails, and that is all.
            self.uses_path(number, call, at, Use::Look, &mut uses);
            return if uses.is_empty() { Answer::LetThrough } else { Answer::Hold(Op::Plain(uses)) };
        }
        self.uses_path(number, call, at, if makes { Use::Change } else { Use::Look }, &mut uses);
        if let (Ok(meta), true) = (&meta, may_change(&path)) {
            if meta.file_type().is_fifo() {
                let stream = self.files.number(meta.dev(), meta.ino(), &path);
                self.streams.add_fifo(stream);
                uses.writes(Object::Readers(stream));
                uses.writes(Object::Writers(stream));
                if flags & libc::O_NONBLOCK != 0 || flags & libc::O_ACCMODE == libc::O_RDWR {
                    return Answer::Hold(Op::Plain(uses));
                }
                // Whoever opens one end waits for somebody who opens the other.
                return Answer::Hold(Op::Kernel(uses));
            }
            if meta.is_file() && truncates {
                uses.writes(Object::Content(self.files.number(meta.dev(), meta.ino(), &path)));
            }
            if meta.is_file() && meta.mode() & 0o111 != 0 && flags & libc::O_ACCMODE != libc::O_RDONLY {
                // It may be executed just now.
                self.writes_text(meta, &path, &mut uses);
            }
        }
        let is_written = flags & libc::O_ACCMODE != libc::O_RDONLY && meta.is_ok_and(|meta| meta.is_file());
        if is_written {
            self.changes_file(number, call, &path);
        }
        if is_written && !may_change(&path) && !path.starts_with("/proc") {
            self.caveat_at(CaveatKind::OutsideFile, call, number);
        }
        if uses.is_empty() { Answer::LetThrough } else { Answer::Hold(Op::Plain(uses)) }
    }

    /// The path that a call is given, from the root on.
    fn whole_path(&self, number: usize, (folder, address): (u64, u64)) -> Option<PathBuf> {
        let path = self.given(number, address)?;
        let pid = self.processes[self.tasks[number].process].seen_as;
        let base = match folder as i32 {
            _ if path.is_absolute() => PathBuf::new(),
            libc::AT_FDCWD => fs::read_link(format!("/proc/{pid}/cwd")).ok()?,
            fd => fs::read_link(format!("/proc/{pid}/fd/{fd}")).ok()?,
        };
        Some(normal(&base.join(path)))
    }

    /// The path at this address.
    pub fn given(&self, number: usize, address: u64) -> Option<PathBuf> {
        let tid = self.tasks[number].tid;
        let mut bytes = vec![0; PATH_MAX];
        let read = sys::read_memory(tid, address, &mut bytes);
        // The end of its page may be the end of what can be read.
        let read = if read == 0 {
            let page = 4096 - (address % 4096) as usize;
            sys::read_memory(tid, address, &mut bytes[..page.min(PATH_MAX)])
        } else {
            read
        };
        let end = bytes[..read].iter().position(|&byte| byte == 0)?;
        bytes.truncate(end);
        Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
    }

    /// The path that a call is given, without the links to folders on its way.
    fn path(&self, number: usize, at: (u64, u64)) -> Option<PathBuf> {
        Some(self.follow(number, &self.whole_path(number, at)?, false).path)
    }

    /// Follows a path in the view that a process has of the file system, as the kernel does: link by link; the last one only
    /// if that is wanted.
    fn follow(&self, number: usize, path: &Path, last_too: bool) -> Found {
        if !may_change(path) {
            // What links there may be the program does not change.
            return Found { path: path.to_owned(), links: Vec::new() };
        }
        let mut found = Found { path: PathBuf::from("/"), links: Vec::new() };
        let mut rest: Vec<PathBuf> = vec![path.to_owned()];
        while let Some(next) = rest.pop() {
            let mut parts = next.components();
            let Some(part) = parts.next() else { continue };
            let after = parts.as_path();
            if !after.as_os_str().is_empty() {
                rest.push(after.to_owned());
            }
            match part {
                Component::RootDir => found.path = PathBuf::from("/"),
                Component::ParentDir => {
                    found.path.pop();
                }
                Component::Normal(name) => found.path.push(name),
                Component::CurDir | Component::Prefix(_) => {}
            }
            // What a link there means depends on who asks.
            if found.path.starts_with("/proc") || rest.is_empty() && !last_too || found.links.len() >= MOST_LINKS {
                continue;
            }
            let place = self.seen_by(number, &found.path);
            match fs::symlink_metadata(&place) {
                Ok(meta) if meta.is_symlink() => {
                    let Ok(target) = fs::read_link(&place) else { continue };
                    let link = found.path.clone();
                    found.path.pop();
                    found.links.push(link);
                    rest.push(target);
                }
                // There may be a link later on.
                Err(_) if !rest.is_empty() => found.links.push(found.path.clone()),
                _ => {}
            }
        }
        found
    }

    /// A path of a process, as we have to call it.
    fn seen_by(&self, number: usize, path: &Path) -> PathBuf {
        let pid = self.processes[self.tasks[number].process].seen_as;
        let root = PathBuf::from(format!("/proc/{pid}/root"));
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// What a call uses of the file system by a path that it is given: the names on the way, and what stands at its end.
    pub fn uses_path(&mut self, number: usize, call: &Call, at: (u64, u64), how: Use, uses: &mut Footprint) {
        let Some(path) = self.whole_path(number, at) else { return };
        if self.is_of_another(number, &path) || self.shows_others(number, &path, call) {
            // What /proc says of other processes, or of what they have done, or lets others do to them, is not watched.
            self.not_watched(call, number);
        }
        // Who makes a file by opening it makes the one that a link means.
        let follows = matches!(how, Use::Look | Use::Content) || how == Use::Change && self.is_open_call(call);
        let Found { path, links } = self.follow(number, &path, follows);
        for link in links.iter().filter(|link| may_change(link)) {
            uses.reads(Object::Folders);
            uses.reads(Object::Name(crate::world::files::number(link)));
            if let Ok(meta) = fs::symlink_metadata(self.seen_by(number, link)) {
                uses.reads(Object::Content(self.files.number(meta.dev(), meta.ino(), link)));
            }
        }
        if !may_change(&path) {
            if how != Use::Look && !path.starts_with("/dev") && !path.starts_with("/proc") {
                self.caveat_at(CaveatKind::OutsideFile, call, number);
            }
            return;
        }
        uses.reads(Object::Folders);
        uses.reads(Object::Ipc(OF_FILES));
        let name = Object::Name(crate::world::files::number(&path));
        let meta = fs::symlink_metadata(self.seen_by(number, &path));
        let how = match how {
            Use::Make if meta.is_ok() => Use::Look,
            Use::Remove if meta.is_err() => Use::Look,
            how => how,
        };
        match how {
            Use::Look | Use::Content => uses.reads(name),
            Use::Make | Use::Remove | Use::Change => {
                self.changes_file(number, call, &path);
                uses.writes(name);
                if let Some(folder) = path.parent() {
                    let folder = crate::world::files::number(folder);
                    self.makers.insert((folder, self.tasks[number].process));
                    uses.add(Object::Folder(folder), if self.listings { Access::Write } else { Access::Add });
                }
                if meta.as_ref().is_ok_and(|meta| meta.file_type().is_socket()) {
                    // Nobody finds it by this name any more.
                    uses.writes(Object::Addresses);
                }
            }
        }
        // (How many names a folder has follows from the folders in it.)
        if let Ok(meta) = meta
            && !meta.is_dir()
        {
            let content = Object::Content(self.files.number(meta.dev(), meta.ino(), &path));
            match how {
                Use::Look if self.is_open_call(call) => {}
                Use::Content => uses.writes(content),
                // How many names it has is a part of what is known of it.
                Use::Make | Use::Remove | Use::Change => uses.add(content, Access::Add),
                Use::Look => uses.reads(content),
            }
        }
    }

    /// Whether there is something of this name.
    fn exists(&self, number: usize, at: (u64, u64)) -> bool {
        self.path(number, at).is_some_and(|path| fs::symlink_metadata(self.seen_by(number, &path)).is_ok())
    }

    /// Whether a path lies in what /proc shows of another process than the one that asks.
    fn is_of_another(&self, number: usize, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix("/proc") else { return false };
        let first = below.components().next().and_then(|part| part.as_os_str().to_str()?.parse::<u32>().ok());
        first.is_some_and(|pid| pid != self.processes[self.tasks[number].process].inner)
    }

    /// Whether what /proc has at this path changes by what other processes do: which there are, what the system knows of all of them,
    /// and what of a process is not its own doing (the signals that were sent to it, its parent, where a file that it shares stands).
    fn shows_others(&self, number: usize, path: &Path, call: &Call) -> bool {
        const OF_ALL: [&str; 8] = ["", "keys", "loadavg", "locks", "net", "stat", "sysvipc", "uptime"];
        const OF_ONE: [&str; 12] = [
            "children",
            "fdinfo",
            "io",
            "net",
            "sched",
            "stat",
            "status",
            "syscall",
            "task",
            "timers",
            "timerslack_ns",
            "wchan",
        ];
        let Ok(below) = path.strip_prefix("/proc") else { return false };
        let mut parts = below.components().map(|part| part.as_os_str().to_str().unwrap_or_default());
        let first = parts.next().unwrap_or_default();
        let is_own = first == "self" || first.parse() == Ok(self.processes[self.tasks[number].process].inner);
        match parts.next() {
            // By these it comes to any file.
            Some("cwd" | "root") if is_own => true,
            Some("fd") if is_own => parts.count() > 1,
            // There is more to be seen only of what is open.
            _ if !self.is_open_call(call) => false,
            Some(second) if is_own => OF_ONE.contains(&second),
            _ if first == "thread-self" => true,
            _ => OF_ALL.contains(&first),
        }
    }

    fn is_open_call(&self, call: &Call) -> bool {
        matches!(
            call.nr,
            arch::SYS_open | libc::SYS_openat | libc::SYS_openat2 | arch::SYS_access | libc::SYS_faccessat
        )
    }

    /// A call on an open file.
    pub fn file_call(&mut self, process: usize, fd: u64, kind: FileCall) -> Answer {
        if self.is_alone() {
            return Answer::LetThrough;
        }
        match self.target(process, fd) {
            Target::File(file) => {
                let place = self.place(process, fd, file);
                self.touches(|uses| match kind {
                    FileCall::Look => {
                        uses.reads(Object::Content(file));
                        uses.reads(Object::Ipc(OF_FILES));
                    }
                    FileCall::Change => uses.writes(Object::Content(file)),
                    FileCall::Seek => {
                        uses.reads(Object::Content(file));
                        place.into_iter().for_each(|place| uses.writes(place));
                    }
                    _ => uses.reads(Object::Content(file)),
                })
            }
            Target::Folder(path) => {
                let makers = (number(&path), usize::MIN)..=(number(&path), usize::MAX);
                self.has_listings |= kind == FileCall::ReadFolder && self.makers.range(makers).count() > 1;
                let place = self.place(process, fd, number(&path));
                let place = place.filter(|_| matches!(kind, FileCall::ReadFolder | FileCall::Seek));
                self.touches(|uses| {
                    uses.reads(Object::Folder(number(&path)));
                    uses.reads(Object::Folders);
                    place.into_iter().for_each(|place| uses.writes(place));
                })
            }
            // How many names it has.
            Target::Stream { read, .. } if kind == FileCall::Look && self.streams.is_fifo(read) => {
                self.touches(|uses| {
                    uses.reads(Object::Content(read));
                    uses.reads(Object::Ipc(OF_FILES));
                })
            }
            _ => Answer::LetThrough,
        }
    }

    /// A write to a file.
    pub fn file_write(&mut self, process: usize, fd: u64, call: &Call, target: &Target) -> Answer {
        let Target::File(file) = *target else { return Answer::LetThrough };
        let is_positioned = matches!(call.nr, libc::SYS_pwrite64 | libc::SYS_pwritev);
        let place = self.place(process, fd, file);
        // Whether it is written at the end all the same (O_APPEND), those who have it open can set together.
        let access = if is_positioned { Access::Read } else { Access::Write };
        self.touches(|uses| {
            uses.writes(Object::Content(file));
            place.into_iter().for_each(|place| uses.add(place, access));
        })
    }

    /// The number of a file that a process has open.
    pub fn known_file(&self, place: &Path, path: &Path) -> u64 {
        fs::metadata(place).map_or_else(|_| number(path), |meta| self.files.known(meta.dev(), meta.ino(), path))
    }

    /// The file behind a descriptor, opened anew. Not for writing, unless it cannot be read: nobody could execute it meanwhile.
    pub fn open_anew(&self, process: usize, fd: u64) -> Option<OwnedFd> {
        let place = self.place_of(process, fd);
        let file = fs::File::open(&place).or_else(|_| fs::File::options().write(true).open(&place)).ok()?;
        Some(file.into())
    }
}

/// With which flags a file is opened.
pub fn open_flags(call: &Call) -> i32 {
    let [_, b, c, ..] = call.args;
    match call.nr {
        arch::SYS_creat => libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC,
        arch::SYS_open => b as i32,
        libc::SYS_openat2 => sys::read_u64s(call.tid, c).map_or(0, |[flags]| flags as i32),
        _ => c as i32,
    }
}

/// The interpreter of a script, as its first line names it.
fn interpreter(script: &Path) -> Option<PathBuf> {
    use std::io::Read;
    // The kernel looks no further (execve(2)).
    let mut start = Vec::new();
    fs::File::open(script).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?.trim_ascii();
    let name = line.split(u8::is_ascii_whitespace).next()?;
    Some(PathBuf::from(std::ffi::OsString::from_vec(name.to_vec())))
}
