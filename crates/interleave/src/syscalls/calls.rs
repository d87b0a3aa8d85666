//! What the families of calls tell apart.

/// A read or write, or a call that makes, opens or closes what is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum StreamCall {
    Write,
    WriteV,
    PositionedWrite,
    PositionedWriteV,
    WriteV2,
    SendTo,
    SendMsg,
    SendMmsg,
    SendFile,
    Splice,
    CopyRange,
    Tee,
    Vmsplice,
    IoSubmit,
    Read,
    ReadV,
    PositionedRead,
    PositionedReadV,
    ReadV2,
    RecvFrom,
    RecvMsg,
    RecvMmsg,
    Accept,
    Pipe,
    EventFd,
    SocketPair,
    Socket,
    Listen,
    Bind,
    Connect,
    Ioctl,
    Shutdown,
    SetSocket,
    GetSocket,
    Close,
    CloseRange,
    Dup,
}

/// A call that waits for any of several descriptors, or says for which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum PollCall {
    Poll,
    Ppoll,
    Select,
    Pselect,
    EpollWait,
    EpollControl,
}

/// A call that is given the name of a file. Those named `…At` are given a folder, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum PathCall {
    OpenAt,
    Open,
    UnlinkAt,
    Unlink,
    RenameAt,
    Rename,
    LinkAt,
    SymlinkAt,
    Symlink,
    MkdirAt,
    Mkdir,
    MknodAt,
    Truncate,
    StatAt,
    Stat,
    AccessAt,
    StatFs,
}

/// A call that is given an open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum FileCall {
    Change,
    Look,
    Space,
    Seek,
    ReadFolder,
    Flock,
    Fcntl,
    SetAttribute,
    GetAttribute,
    WhereAmI,
}

/// A call about memory that is shared, or about System V's and POSIX's queues and semaphores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum MemoryCall {
    Futex,
    Mmap,
    Remap,
    /// Nobody else can tell when it is made; but what it is given may lie in memory that is hidden, and is shown to the kernel then.
    Reaches,
    Attach,
    Ipc,
    IpcWait,
    MqWait,
}

/// A call about processes: how they begin and end, and what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum ProcessCall {
    Wait4,
    WaitId,
    Fork,
    Vfork,
    Clone,
    Clone3,
    Exec,
    ExitThread,
    ExitGroup,
    GetParent,
    FirstCall,
    Session,
    Group,
    Prctl,
    /// It sets something of its own process's, which can be told by its arguments.
    Keep,
    /// It sets something of its own process's, which cannot.
    KeepUnseen,
    /// It sets something that all threads of a process have together.
    OfThreads,
    PidfdOpen,
    Unshare,
    SetProcess,
    SetUser,
    GetProcess,
    Prlimit,
}

/// A call that sends signals, waits for them, or says what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum SignalCall {
    Kill,
    Tkill,
    Tgkill,
    PidfdSend,
    Action,
    Mask,
    Look,
    Descriptor,
    Suspend,
    Pause,
    Wait,
}

/// A call that sleeps, looks at a clock, or sets a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its call or family")]
pub enum TimeCall {
    Sleep,
    ClockSleep,
    Yield,
    ClockGet,
    TimeOfDay,
    Time,
    Usage,
    Times,
    Alarm,
    SetTimer,
    TimerCreate,
    TimerSet,
    TimerDelete,
    TimerFdSet,
    GetTimer,
    TimerGet,
    TimerOverrun,
    TimerFdGet,
}
