//! What steps touch: objects that several tasks can use, and how a step uses them.
//!
//! Two steps are *dependent* if they use one object and not in the same harmless way. All that the search knows of a
//! program follows from this: what is missing in a footprint is an interleaving that is never tried.

use serde::{Deserialize, Serialize};

use super::files::across_runs;

/// Something that several tasks can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u64", from = "u64")]
pub enum Object {
    /// The order in which tasks are started, by which they are numbered.
    Births,
    /// A process: whether it goes on, its end, its exit status, whether it was waited for.
    Life(u64),
    /// What was sent to a process and waits for it, and what it does with signals.
    Signals(u64),
    /// Who the parent of a process is.
    Parent(u64),
    /// The end of a stream of bytes or messages at which is written.
    Tail(u64),
    /// The end at which is read.
    Head(u64),
    /// Whether anybody can still read a stream.
    Readers(u64),
    /// Whether anybody can still write to it.
    Writers(u64),
    /// The count of an eventfd.
    Counter(u64),
    /// All sockets of which it is not known who is at the other end. Whatever uses a connection that is known reads it.
    Sockets,
    /// By which names sockets can be found.
    Addresses,
    /// What is in a file.
    Content(u64),
    /// Where the next read or write of a file begins, for all who have it open.
    Offset(u64),
    /// Which file a name stands for.
    Name(u64),
    /// Which folders there are.
    Folders,
    /// What is in a folder.
    Folder(u64),
    /// The locks on a file.
    Locks(u64),
    /// Message queues, semaphores and shared memory of System V and POSIX, by family.
    Ipc(u64),
    /// A page of memory that processes share, or a word of it.
    Page(u64),
    /// All memory that processes share and of which only changes are seen.
    Memory,
    /// The memory of a process, as far as its threads share it.
    Threads(u64),
    /// The lines of a group of tasks that share memory where looks are not seen.
    Output(u64),
    /// Whether a file is executed, or open for writing: the two exclude each other (ETXTBSY of execve(2) and open(2)). To
    /// execute it is `Read`, to open or close it for writing is `Add`.
    Text(u64),
    /// A pseudo-terminal, both sides of it.
    Terminal(u64),
    /// The order in which something became ready, and all else that the epoll sets of a process watch: whatever makes it ready is `Add`,
    /// and whatever makes something else ready is `Read`, as are looks.
    Ready(u64),
    /// A thread, by the number of its task: whether it is there.
    Thread(u64),
    /// A lock by which the threads of a process wait for each other.
    ThreadLock(u64),
    /// Anything of which nothing better is known.
    Anything,
}

impl From<Object> for u64 {
    fn from(object: Object) -> u64 {
        let (kind, id) = object.parts();
        kind << 56 | id & ID
    }
}

impl From<u64> for Object {
    fn from(number: u64) -> Object {
        let id = number & ID;
        match number >> 56 {
            0 => Object::Births,
            1 => Object::Life(id),
            2 => Object::Signals(id),
            3 => Object::Parent(id),
            4 => Object::Tail(id),
            5 => Object::Head(id),
            6 => Object::Readers(id),
            7 => Object::Writers(id),
            8 => Object::Counter(id),
            9 => Object::Sockets,
            10 => Object::Content(id),
            11 => Object::Offset(id),
            12 => Object::Name(id),
            13 => Object::Folders,
            14 => Object::Folder(id),
            15 => Object::Locks(id),
            16 => Object::Ipc(id),
            17 => Object::Page(id),
            18 => Object::Memory,
            19 => Object::Threads(id),
            20 => Object::Output(id),
            21 => Object::Text(id),
            22 => Object::Terminal(id),
            23 => Object::Addresses,
            24 => Object::Ready(id),
            26 => Object::Thread(id),
            27 => Object::ThreadLock(id),
            _ => Object::Anything,
        }
    }
}

const ID: u64 = (1 << 56) - 1;

/// Where in the number of an [`Object::Ipc`] it stands whether it is a semaphore or a queue of System V; below are the numbers of these.
pub const OF_SYSTEM_V: u32 = 48;

impl Object {
    fn parts(self) -> (u64, u64) {
        match self {
            Object::Births => (0, 0),
            Object::Life(id) => (1, id),
            Object::Signals(id) => (2, id),
            Object::Parent(id) => (3, id),
            Object::Tail(id) => (4, id),
            Object::Head(id) => (5, id),
            Object::Readers(id) => (6, id),
            Object::Writers(id) => (7, id),
            Object::Counter(id) => (8, id),
            Object::Sockets => (9, 0),
            Object::Content(id) => (10, id),
            Object::Offset(id) => (11, id),
            Object::Name(id) => (12, id),
            Object::Folders => (13, 0),
            Object::Folder(id) => (14, id),
            Object::Locks(id) => (15, id),
            Object::Ipc(id) => (16, id),
            Object::Page(id) => (17, id),
            Object::Memory => (18, 0),
            Object::Threads(id) => (19, id),
            Object::Output(id) => (20, id),
            Object::Text(id) => (21, id),
            Object::Terminal(id) => (22, id),
            Object::Addresses => (23, 0),
            Object::Ready(id) => (24, id),
            Object::Anything => (25, 0),
            Object::Thread(id) => (26, id),
            Object::ThreadLock(id) => (27, id),
        }
    }

    /// The object without its number, where the number may differ from run to run: a file that was met by another name
    /// first has another.
    pub fn across_runs(self) -> Object {
        match self {
            Object::Content(_) => Object::Content(0),
            Object::Offset(_) => Object::Offset(0),
            Object::Locks(_) => Object::Locks(0),
            Object::Text(_) => Object::Text(0),
            Object::Terminal(_) => Object::Terminal(0),
            // Those of FIFOs.
            Object::Tail(of) => Object::Tail(across_runs(of)),
            Object::Head(of) => Object::Head(across_runs(of)),
            Object::Readers(of) => Object::Readers(across_runs(of)),
            Object::Writers(of) => Object::Writers(across_runs(of)),
            // Of whom made it first has a lower number.
            Object::Ipc(of) if of >> OF_SYSTEM_V != 0 => Object::Ipc(of >> OF_SYSTEM_V << OF_SYSTEM_V),
            object => object,
        }
    }

    /// What the threads of a process print: the number of the group that they are where nobody else shares memory with them.
    pub fn lines_of(process: u64) -> u64 {
        process + 1
    }

    /// Whether looks at it are not always seen.
    fn is_memory(self) -> bool {
        matches!(self, Object::Page(_) | Object::Memory | Object::Threads(_))
    }
}

/// How a step uses an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", from = "u8")]
pub enum Access {
    /// It only looks. Looks commute.
    Read,
    /// It adds what is the same in whatever order it is added.
    Add,
    /// It closes an end of a stream that others still have open. Whoever found the end open would have found it open as well
    /// after that.
    Close,
    /// It closes an end of a stream, and nobody has it open any more. Which of several closes is the last makes no
    /// difference to those who close.
    LastClose,
    /// Anything else. Whoever looked, and found all ends of a stream closed, has depended on every close: that is a `Write` too.
    Write,
    /// It has waited until all ends of a stream were closed. So it has depended on every close, and could have come before none.
    AllClosed,
    /// The same, but that it began to wait is seen if a signal comes: that could have been before the last close.
    FoundClosed,
}

impl From<Access> for u8 {
    fn from(access: Access) -> u8 {
        access as u8
    }
}

impl From<u8> for Access {
    fn from(number: u8) -> Access {
        match number {
            0 => Access::Read,
            1 => Access::Add,
            2 => Access::Close,
            3 => Access::LastClose,
            5 => Access::AllClosed,
            6 => Access::FoundClosed,
            _ => Access::Write,
        }
    }
}

impl Access {
    fn commutes(self, other: Access) -> bool {
        use Access::{AllClosed, Close, FoundClosed, LastClose, Read, Write};
        match (self, other) {
            (Write | AllClosed | FoundClosed, _) | (_, Write | AllClosed | FoundClosed) => false,
            (Read, Close) | (Close, Read) | (Close | LastClose, Close | LastClose) => true,
            (one, other) => one == other,
        }
    }

    /// Whether a later step that uses an object like this could have come before an earlier one that uses it like that.
    fn could_precede(self, earlier: Access) -> bool {
        match self {
            Access::AllClosed => !earlier.is_close(),
            Access::FoundClosed => earlier != Access::Close,
            _ => true,
        }
    }

    fn is_close(self) -> bool {
        matches!(self, Access::Close | Access::LastClose)
    }
}

/// The objects that a step used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Footprint(Vec<(Object, Access)>);

impl Footprint {
    /// Adds a use of an object.
    pub fn add(&mut self, object: Object, access: Access) {
        match self.0.binary_search_by_key(&object, |&(object, _)| object) {
            Ok(at) if self.0[at].1 == access => {}
            Ok(at) if self.0[at].1.is_close() && access.is_close() => self.0[at].1 = Access::LastClose,
            Ok(at) => self.0[at].1 = Access::Write,
            Err(at) => self.0.insert(at, (object, access)),
        }
    }

    /// It only looks at the object.
    pub fn reads(&mut self, object: Object) {
        self.add(object, Access::Read);
    }

    /// It changes the object.
    pub fn writes(&mut self, object: Object) {
        self.add(object, Access::Write);
    }

    /// Adds such a use of what is on its way in these streams.
    pub fn adds_flow(&mut self, streams: [u64; 2], access: Access) {
        streams.into_iter().flat_map(|of| [Object::Tail(of), Object::Head(of)]).for_each(|end| self.add(end, access));
    }

    /// The same of whether anybody has their ends open.
    pub fn adds_ends(&mut self, streams: [u64; 2], access: Access) {
        streams
            .into_iter()
            .flat_map(|of| [Object::Readers(of), Object::Writers(of)])
            .for_each(|end| self.add(end, access));
    }

    /// Adds the objects of another step, as it used them.
    pub fn unite(&mut self, other: &Footprint) {
        other.0.iter().for_each(|&(object, access)| self.add(object, access));
    }

    /// The same objects, only looked at.
    pub fn only_read(&self) -> Footprint {
        Footprint(self.0.iter().map(|&(object, _)| (object, Access::Read)).collect())
    }

    /// Whether this object was used.
    pub fn uses(&self, object: Object) -> bool {
        self.access(object).is_some()
    }

    /// How this object was used, if it was.
    pub fn access(&self, object: Object) -> Option<Access> {
        self.0.binary_search_by_key(&object, |&(object, _)| object).ok().map(|at| self.0[at].1)
    }

    /// Whether any of these streams was used.
    pub fn uses_stream(&self, is_it: impl Fn(u64) -> bool) -> bool {
        use Object::{Head, Readers, Tail, Writers};
        self.0.iter().any(|(object, _)| matches!(object, Tail(of) | Head(of) | Readers(of) | Writers(of) if is_it(*of)))
    }

    /// Whether an end of this object was closed.
    pub fn closes(&self, object: Object) -> bool {
        self.0.iter().any(|&(used, access)| used == object && access.is_close())
    }

    /// Whether this object was used, and not only looked at.
    pub fn changes(&self, object: Object) -> bool {
        self.0.iter().any(|&(used, access)| used == object && access != Access::Read)
    }

    /// Whether memory was used that processes share.
    pub fn uses_memory(&self) -> bool {
        self.0.iter().any(|(object, _)| matches!(object, Object::Page(_) | Object::Memory))
    }

    /// What was closed or let go.
    pub fn only_closes(&self) -> Footprint {
        let is_open = |object: &Object| {
            matches!(
                object,
                Object::Readers(_)
                    | Object::Writers(_)
                    | Object::Locks(_)
                    | Object::Text(_)
                    | Object::Sockets
                    | Object::Addresses
                    | Object::Ipc(0)
            )
        };
        Footprint(self.0.iter().filter(|(object, _)| is_open(object)).copied().collect())
    }

    /// Whether nothing was changed but such objects.
    pub fn changes_only(&self, such: impl Fn(Object) -> bool) -> bool {
        self.0.iter().all(|&(object, access)| access == Access::Read || such(object))
    }

    /// Whether nothing was used but what the threads of this process have for themselves: nobody else can tell. (That a step came among their
    /// lines is told by these, and it is no line itself.)
    pub fn is_within(&self, process: u64) -> bool {
        self.0.iter().all(|&(object, access)| match object {
            Object::Life(of) => of == process && access == Access::Read,
            Object::Threads(of) => of == process,
            Object::Output(of) => of == Object::lines_of(process) && access == Access::Read,
            Object::Thread(_) | Object::ThreadLock(_) => true,
            _ => false,
        })
    }

    /// All objects that were used.
    pub fn objects(&self) -> impl Iterator<Item = Object> {
        self.0.iter().map(|&(object, _)| object)
    }

    /// Whether nothing was used.
    pub fn iter(&self) -> impl Iterator<Item = (Object, Access)> {
        self.0.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nothing was changed.
    pub fn only_reads(&self) -> bool {
        self.0.iter().all(|&(_, access)| access == Access::Read)
    }

    /// Whether the step did no more than look, but for this object.
    pub fn only_reads_but(&self, object: Object) -> bool {
        self.0.iter().all(|&(used, access)| access == Access::Read || used == object)
    }

    /// Whether the order of two steps of one run could matter.
    pub fn is_dependent_on(&self, other: &Footprint) -> bool {
        self.any_common(other, |one, other| !one.commutes(other))
    }

    /// Whether this later step could, as far as their objects go, have come before an earlier one on which it depends.
    pub fn could_precede(&self, earlier: &Footprint) -> bool {
        self.any_common(earlier, |later, earlier| !later.commutes(earlier) && later.could_precede(earlier))
    }

    /// Whether this can be said of the uses of an object that both have used.
    fn any_common(&self, other: &Footprint, is_so: impl Fn(Access, Access) -> bool) -> bool {
        if self.0.last().is_some_and(|last| last.0 == Object::Anything) && !other.0.is_empty()
            || other.0.last().is_some_and(|last| last.0 == Object::Anything) && !self.0.is_empty()
        {
            return true;
        }
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.0.cmp(&y.0) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal if is_so(x.1, y.1) => return true,
                std::cmp::Ordering::Equal => drop((a.next(), b.next())),
            }
        }
        false
    }

    /// Whether the order of two steps of one run could matter by these uses of objects.
    pub fn is_dependent_by(&self, other: &Footprint, is_meant: impl Fn(&Object, Access) -> bool) -> bool {
        let only = |footprint: &Footprint| {
            Footprint(footprint.0.iter().filter(|(object, access)| is_meant(object, *access)).copied().collect())
        };
        only(self).is_dependent_on(&only(other))
    }

    /// Whether the order of two steps of one run could matter, and by no other objects than these.
    pub fn is_dependent_only_by(&self, other: &Footprint, is_meant: impl Fn(&Object) -> bool) -> bool {
        let without = |footprint: &Footprint| {
            Footprint(footprint.0.iter().filter(|(object, _)| !is_meant(object)).copied().collect())
        };
        self.is_dependent_on(other) && !without(self).is_dependent_on(&without(other))
    }

    /// Whether the order could matter of this step and of one that was seen in another run, where a close may not have been
    /// the last one, a file may have another number, and something else may have been looked at in memory.
    pub fn may_depend_on(&self, other: &Footprint) -> bool {
        self.is_dependent_on(other)
            || self.0.iter().any(|&(mine, access)| {
                other.0.iter().any(|&(theirs, other)| {
                    mine.across_runs() == theirs.across_runs()
                        && (mine.is_memory()
                            || !access.commutes(other)
                            || access != other && (access.is_close() || other.is_close()))
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footprint(uses: &[(Object, Access)]) -> Footprint {
        let mut footprint = Footprint::default();
        uses.iter().for_each(|&(object, access)| footprint.add(object, access));
        footprint
    }

    #[test]
    fn objects_are_numbers_and_back() {
        for number in 0..26u64 {
            assert_eq!(u64::from(Object::from(number << 56)), number << 56);
        }
        assert_eq!(Object::from(u64::from(Object::Page(77))), Object::Page(77));
    }

    #[test]
    fn what_commutes() {
        use Access::{Add, Close, LastClose, Read, Write};
        let tail = Object::Tail(1);
        for (one, other, is_dependent) in [
            (Read, Read, false),
            (Add, Add, false),
            (Close, Close, false),
            (Read, Close, false),
            (Close, LastClose, false),
            (Read, LastClose, true),
            (LastClose, Write, true),
            (Read, Add, true),
            (Read, Write, true),
            (Close, Write, true),
            (Write, Write, true),
        ] {
            let (a, b) = (footprint(&[(tail, one)]), footprint(&[(Object::Births, Read), (tail, other)]));
            assert_eq!([a.is_dependent_on(&b), b.is_dependent_on(&a)], [is_dependent; 2], "{one:?} {other:?}");
            assert!(!a.is_dependent_on(&footprint(&[(Object::Tail(2), Write)])));
        }
    }

    #[test]
    fn across_runs_a_close_may_be_the_last_one() {
        let close = footprint(&[(Object::Readers(3), Access::Close)]);
        let write = footprint(&[(Object::Readers(3), Access::Read)]);
        assert!(!close.is_dependent_on(&write) && close.may_depend_on(&write) && write.may_depend_on(&close));
    }

    #[test]
    fn all_depends_on_what_is_not_known() {
        let unknown = footprint(&[(Object::Anything, Access::Write)]);
        assert!(unknown.is_dependent_on(&footprint(&[(Object::Births, Access::Read)])));
        assert!(!unknown.is_dependent_on(&Footprint::default()));
    }
}
