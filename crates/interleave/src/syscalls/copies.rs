//! Bytes that go from one descriptor to another without being read: sendfile(2), splice(2), tee(2), copy_file_range(2), ioctl_ficlone(2).

use super::{Answer, Target, errno};
use crate::kernel::sharing::is_same_file;
use crate::kernel::sys::Call;
use crate::protocol::{Access, Object};
use crate::world::run::Supervisor;

impl Supervisor<'_> {
    /// What moves bytes from one descriptor to another. It may lend pages of a file instead, and so may what moves them on: whoever reads
    /// finds what is in the file by then (splice(2)).
    pub fn moves(&mut self, number: usize, call: &Call, from: u64, to: u64) -> Answer {
        let process = self.tasks[number].process;
        let lent: Vec<u64> = match self.target(process, from) {
            Target::File(file) => vec![file],
            Target::Stream { read, .. } => self.streams.lent(read).collect(),
            _ => Vec::new(),
        };
        let [a, b, c, d, ..] = call.args;
        match call.nr {
            libc::SYS_sendfile => self.moves_place(number, call, [(from, c), (to, 0)]),
            libc::SYS_splice => self.moves_place(number, call, [(a, b), (c, d)]),
            _ => {}
        }
        match self.target(process, to) {
            Target::Stdout | Target::Stderr => {
                self.not_watched(call, number);
                return errno(libc::EINVAL);
            }
            Target::Stream { write, .. } => self.streams.lend(write, lent),
            Target::Socket if !lent.is_empty() => self.not_watched(call, number),
            _ => {}
        }
        self.touches(|uses| uses.writes(Object::Anything))
    }

    /// copy_file_range(2): a read of one file and a write of another, each where a number says or else where it stands.
    pub fn copy_range(&mut self, number: usize, call: &Call) -> Answer {
        let process = self.tasks[number].process;
        let [from, from_at, to, to_at, ..] = call.args;
        let (Target::File(source), Target::File(target)) = (self.target(process, from), self.target(process, to))
        else {
            return self.moves(number, call, from, to);
        };
        self.moves_place(number, call, [(from, from_at), (to, to_at)]);
        // (Where a number says the place, whether that may be written to is still seen: not with O_APPEND.)
        let access = |at: u64| if at == 0 { Access::Write } else { Access::Read };
        let places = [(from, from_at, source), (to, to_at, target)]
            .map(|(fd, at, file)| self.place(process, fd, file).map(|place| (place, access(at))));
        self.touches(|uses| {
            uses.reads(Object::Content(source));
            uses.writes(Object::Content(target));
            places.into_iter().flatten().for_each(|(place, access)| uses.add(place, access));
        })
    }

    /// Where no number says at which place, such a call looks where the file stands and, when all is done, says where it stands from now on. It
    /// does not keep others from that meanwhile, as read(2) and write(2) do (`f_pos_lock` of the kernel): two may begin at the same place.
    fn moves_place(&mut self, number: usize, call: &Call, ends: [(u64, u64); 2]) {
        let process = self.tasks[number].process;
        for (fd, at) in ends {
            if at == 0 && matches!(self.target(process, fd), Target::File(_)) && self.has_copy_elsewhere(process, fd) {
                self.not_watched(call, number);
            }
        }
    }

    /// Whether others have a copy of a descriptor of a file, and so its place: another thread, or another process.
    fn has_copy_elsewhere(&self, process: usize, fd: u64) -> bool {
        let own = (self.processes[process].seen_as, fd as i32);
        let of = |other: usize| (other, self.processes[other].seen_as);
        self.has_threads(process)
            || self.others(process).map(of).any(|(other, pid)| {
                let open = self.open_descriptors(other);
                open.iter().any(|theirs| is_same_file(own, (pid, theirs.fd)) != Some(false))
            })
    }

    /// ioctl_ficlone(2): a file has the content of another one from now on.
    pub fn clone_file(&mut self, number: usize, call: &Call, from: u64, to: u64) -> Answer {
        let process = self.tasks[number].process;
        let source = match self.target(process, from) {
            Target::File(source) => Some(source),
            // What nobody writes to is the same at any time.
            Target::Other => None,
            _ => return self.is_not_watched(number, call),
        };
        let Target::File(target) = self.target(process, to) else { return self.is_not_watched(number, call) };
        self.touches(|uses| {
            source.into_iter().for_each(|source| uses.reads(Object::Content(source)));
            uses.writes(Object::Content(target));
        })
    }
}
