# Attacks on the judge, on the machine, and on the next run, one by name. Each says what it got; all are refused.
import ctypes, errno, glob, mmap, os, resource, signal, socket, struct, sys, threading

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
CLONE_NEWUSER = 0x10000000
# Numbers that x86-64 and ARM have in common.
SYS_PIDFD_OPEN, SYS_PIDFD_SEND_SIGNAL, SYS_PIDFD_GETFD, SYS_CLONE3 = 434, 424, 438, 435


# In a world of its own the first process is always the second, after its init.
IN_A_WORLD = os.getpid() == 2


def judges():
    """Whoever is seen in a world; where all processes of the machine are seen, only the recorder: this must not do harm."""
    if not IN_A_WORLD:
        return [os.getppid()]
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def may(call, *arguments):
    try:
        call(*arguments)
        return True
    except OSError:
        return False


def succeeds(result):
    return result >= 0


def writes_to_descriptors():
    got = []
    for pid in judges():
        for number in range(0, 20):
            try:
                fd = os.open("/proc/%d/fd/%d" % (pid, number), os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                continue
            os.write(fd, b'{"at":{"after":0.0,"by":0.1},"pid":2,"line":"forged"}\n')
            got.append("/proc/%d/fd/%d" % (pid, number))
    return got


def steals_descriptors():
    got = []
    for pid in judges():
        pidfd = libc.syscall(SYS_PIDFD_OPEN, pid, 0)
        got += ["%d of %d" % (n, pid) for n in range(20) if pidfd >= 0 and succeeds(libc.syscall(SYS_PIDFD_GETFD, pidfd, n, 0))]
    return got


def looks_into():
    files = ["environ", "mem", "maps", "auxv", "io"]
    return [path for pid in judges() for name in files for path in ["/proc/%d/%s" % (pid, name)] if may(lambda: open(path, "rb").read(1))]


def changes_root():
    links = ["root", "cwd", "exe", "ns/user", "ns/mnt"]
    return [path for pid in judges() for name in links for path in ["/proc/%d/%s" % (pid, name)] if may(os.open, path, os.O_RDONLY)]


def traces():
    got = []
    for pid in judges():
        for request in (PTRACE_SEIZE, PTRACE_ATTACH):
            if succeeds(libc.ptrace(request, pid, None, None)):
                got.append("ptrace of %d" % pid)
    return got


def stops():
    # Sent by a child that waits long enough for a stop to show: were it to work, the run would not end.
    for pid in judges() + [os.getppid()]:
        if pid > 0:
            may(os.kill, pid, signal.SIGSTOP)
            pidfd = libc.syscall(SYS_PIDFD_OPEN, pid, 0)
            libc.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal.SIGSTOP, None, 0)
    return []


def kills():
    for pid in judges() + [os.getppid()]:
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT):
            if pid > 0:
                may(os.kill, pid, number)
    return []


def kills_all():
    # Spares the one who asks, and process 1.
    may(os.kill, -1, signal.SIGSTOP)
    may(os.kill, -1, signal.SIGKILL)
    return []


def limits():
    """Sets limits of the judge, such as the processor time after which the kernel ends it; here one that does no harm."""
    now = resource.getrlimit(resource.RLIMIT_CORE)
    return ["the limits of %d" % pid for pid in judges() + [os.getppid()] if pid > 0 and may(resource.prlimit, pid, resource.RLIMIT_CORE, now)]


def uses_keys():
    """Reads what is in the session's keyring, and leaves something there (keyrings(7)): numbers on x86-64 and ARM."""
    add_key, keyctl = (248, 250) if os.uname().machine == "x86_64" else (217, 219)
    KEYCTL_DESCRIBE, SESSION = 6, -3
    got = ["its description"] if succeeds(libc.syscall(keyctl, KEYCTL_DESCRIBE, SESSION, None, 0)) else []
    return got + (["a key"] if succeeds(libc.syscall(add_key, b"user", b"interleave: left", b"x", 1, SESSION)) else [])


def leaves_files():
    got = []
    for folder in (".", "/tmp", "/var/tmp", "/dev/shm"):
        path = os.path.join(folder, sys.argv[2])
        with open(path, "w") as file:
            file.write("left behind")
        got += [] if os.path.exists(path) else [path + " is not there"]
    return got


def leaves_system_v_objects():
    key = int(sys.argv[2])
    made = [libc.shmget(key, 4096, 0o1600), libc.semget(key, 1, 0o1600), libc.msgget(key, 0o1600)]
    return [] if min(made) >= 0 else ["not made"]


def writes_to_the_system():
    paths = ["/etc/passwd", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/ns_last_pid", sys.executable, "/sys/kernel/uevent_helper"]
    return [path for path in paths + glob.glob("/dev/*da") + glob.glob("/dev/nvme*") + ["/dev/mem", "/dev/kmsg"] if may(os.open, path, os.O_WRONLY)]


def changes_the_judges_files():
    path = os.path.realpath(sys.argv[2])
    # Where there are no namespaces, what lies among temporary files is anybody's: so may be a clone of this repository.
    if path.startswith("/tmp/"):
        path = "/etc/passwd"
    return [path] if may(os.open, path, os.O_WRONLY) else []


def chooses_ids():
    """Makes a process that has an id of its choice (clone(2), set_tid)."""
    wanted = (ctypes.c_int * 1)(4242)
    arguments = (ctypes.c_uint64 * 10)(0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, ctypes.addressof(wanted), 1)
    made = libc.syscall(SYS_CLONE3, arguments, ctypes.sizeof(arguments))
    if made == 0:
        os._exit(0)
    return ["process %d" % made] if made > 0 else []


def makes_devices():
    return ["a device"] if may(os.mknod, "/tmp/device", 0o60666, os.makedev(254, 0)) else []


def makes_namespaces():
    child = os.fork()
    if child == 0:
        os._exit(succeeds(libc.unshare(CLONE_NEWUSER)))
    return ["a user namespace"] if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) else []


def mounts():
    got = []
    for kind in (b"tmpfs", b"proc"):
        if succeeds(libc.mount(kind, b"/tmp", kind, 0, None)):
            got.append(kind.decode())
    for path in (b"/tmp", b"/proc", os.getcwd().encode()):
        if succeeds(libc.umount2(path, 2)):
            got.append("without " + path.decode())
    if succeeds(libc.chroot(b"/tmp")):
        got.append("another root")
    return got


def connects():
    got = []
    for address in (("127.0.0.1", int(sys.argv[2])), "\0" + sys.argv[3]):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        if socket.socket(family, socket.SOCK_STREAM).connect_ex(address) == 0:
            got.append(repr(address))
    return got


def uses_up_memory():
    try:
        memory = mmap.mmap(-1, 8 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        return ["%d bytes" % len(memory)]
    except (OSError, ValueError, MemoryError):
        return []


def uses_up_processes():
    """Threads have ids of the same kind, and the recorder, which would stop who starts so many processes, does not look for them."""
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    if os.geteuid() == 0 and release < (6, 14):
        return []  # nothing binds root there: docs/security.md
    threading.stack_size(64 << 10)
    never, many = threading.Event(), 0
    try:
        while many < 5000:
            threading.Thread(target=never.wait, daemon=True).start()
            many += 1
    except RuntimeError:
        return []
    return ["%d threads" % many]


def uses_up_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open("/tmp/" + sys.argv[2], "w") as file:
        done = may(os.ftruncate, file.fileno(), 8 << 30)
    os.unlink(file.name)
    return ["a large file"] if done else []


def is_told_apart():
    """What an exploration refuses, io_uring and a listener of one's own, a run in real time refuses as well."""
    got = []
    # Numbers of io_uring_setup, and of seccomp on x86-64 and ARM.
    if libc.syscall(425, 4, ctypes.create_string_buffer(120)) >= 0 or ctypes.get_errno() != errno.ENOSYS:
        got.append("io_uring")
    allow = ctypes.create_string_buffer(b"\x06\0\0\0\0\0\xff\x7f", 8)
    program = ctypes.create_string_buffer(struct.pack("H6xP", 1, ctypes.addressof(allow)))
    seccomp = 317 if os.uname().machine == "x86_64" else 277
    if libc.syscall(seccomp, 1, 8, program) >= 0 or ctypes.get_errno() != errno.EBUSY:
        got.append("a listener")
    return got


def gets_privileges():
    status = open("/proc/self/status").read()
    return [] if "NoNewPrivs:\t1" in status else ["privileges"]


if sys.argv[1] in ("kills", "kills_all", "stops") and not IN_A_WORLD:
    sys.exit("this would do harm")
got = globals()[sys.argv[1]]()
print(", ".join(got) or "refused", flush=True)
