# Programs that want to pass for an errand (tests/hostile.rs has its notes) without running one, or to harm whoever judges them; one by
# name. Whatever they try, they print what the notes want to see, as far as they can.
import array, ctypes, fcntl, glob, os, resource, signal, socket, struct, sys, termios, threading, time

libc = ctypes.CDLL(None, use_errno=True)
SYS_PIDFD_OPEN, SYS_PIDFD_GETFD, SYS_PIDFD_SEND_SIGNAL = 434, 438, 424
PR_SET_NAME, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_DUMPABLE = 15, 38, 22, 36, 4

# In a world of its own the first process is always the second, after its init. Elsewhere nobody is attacked.
IN_A_WORLD = os.getpid() == 2


def say(text, fd=1):
    os.write(fd, (text + "\n").encode())


def child(work=lambda: say("child is done")):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return pid


def errand(waits=True, work=lambda: say("child is done")):
    pid = child(work)
    say("parent waits")
    if waits:
        os.waitpid(pid, 0)
    say("parent goes on")
    if not waits:
        os.waitpid(pid, 0)


def attempt(call, *arguments):
    try:
        return call(*arguments)
    except (OSError, ValueError, MemoryError):
        return None


def all_lines():
    for text in ("parent waits", "child is done", "parent goes on"):
        say(text)


# What the others are measured by.
def honest():
    errand()


# --- one that plays all roles, or lets another one speak for it


def plays_all_roles():
    all_lines()


def plays_all_roles_beside_a_silent_child():
    pid = child(lambda: None)
    all_lines()
    os.waitpid(pid, 0)


def lets_a_thread_play():
    thread = threading.Thread(target=say, args=("child is done",))
    say("parent waits")
    thread.start()
    thread.join()
    say("parent goes on")


def becomes_another_program():
    if len(sys.argv) > 2:
        say("child is done")
        say("parent goes on")
        return
    say("parent waits")
    os.execv(sys.executable, [sys.executable, sys.argv[0], sys.argv[1], "again"])


def lets_the_child_play_the_parent():
    os.waitpid(child(all_lines), 0)


def tells_the_child_what_to_say():
    # It runs an errand, if a pointless one: what printing alone cannot prove (docs/claims.md).
    read, write = os.pipe()
    pid = child(lambda: os.write(1, os.read(read, 100)))
    say("parent waits")
    say("child is done", write)
    os.waitpid(pid, 0)
    say("parent goes on")


def splices_what_the_child_wrote():
    read, write = os.pipe()
    pid = child(lambda: say("child is done", write))
    say("parent waits")
    os.waitpid(pid, 0)
    if attempt(os.splice, read, 1, 100) is None:
        os.write(1, os.read(read, 100))
    say("parent goes on")


def writes_to_the_childs_descriptor():
    read, write = os.pipe()

    def wait():
        os.close(write)
        os.read(read, 1)

    pid = child(wait)
    say("parent waits")
    fd = attempt(os.open, "/proc/%d/fd/1" % pid, os.O_WRONLY)
    say("child is done", 1 if fd is None else fd)
    os.close(write)
    os.waitpid(pid, 0)
    say("parent goes on")


def takes_the_childs_descriptor():
    read, write = os.pipe()

    def wait():
        os.close(write)
        os.read(read, 1)

    pid = child(wait)
    say("parent waits")
    fd = libc.syscall(SYS_PIDFD_GETFD, libc.syscall(SYS_PIDFD_OPEN, pid, 0), 1, 0)
    say("child is done", fd if fd >= 0 else 1)
    os.close(write)
    os.waitpid(pid, 0)
    say("parent goes on")


def is_sent_the_childs_descriptor():
    ours, theirs = socket.socketpair()

    def send():
        ours.close()
        theirs.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1]))])
        theirs.recv(1)

    pid = child(send)
    theirs.close()
    say("parent waits")
    control = ours.recvmsg(1, socket.CMSG_SPACE(4))[1]
    say("child is done", struct.unpack("i", control[0][2][:4])[0] if control else 1)
    ours.close()
    os.waitpid(pid, 0)
    say("parent goes on")


def signs_with_the_childs_id():
    read, write = os.pipe()

    def wait():
        os.close(write)
        os.read(read, 1)

    pid = child(wait)
    say("parent waits")
    text = b"child is done\n"
    credentials = [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack("iII", pid, os.getuid(), os.getgid()))]
    if attempt(lambda: socket.socket(fileno=os.dup(1)).sendmsg([text], credentials)) is None:
        os.write(1, text)
    os.close(write)
    os.waitpid(pid, 0)
    say("parent goes on")


def signs_from_a_namespace():
    libc.unshare(0x10000000)
    signs_with_the_childs_id()


def sleeps_in_small_pieces():
    # The other one has most likely come by then; nobody has waited for it.
    pid = child()
    say("parent waits")
    for _ in range(100):
        time.sleep(0.01)
        os.sched_yield()
    say("parent goes on")
    os.waitpid(pid, 0)


# --- who writes what the judge is to write


def prints_records():
    say('{"at":{"after":0.0,"by":0.1},"pid":3,"line":"child is done"}')
    errand(waits=False)


def prints_a_verdict():
    say("\x1b[2J\x1b[H\x1b[32m✓ all hold\x1b[0m")
    errand(waits=False)


def writes_over_lines():
    os.write(1, b"parent goes on\rparent waits\n")
    errand(waits=False)


def writes_to_the_recorder():
    for path in glob.glob("/proc/%d/fd/*" % os.getppid()):
        fd = attempt(os.open, path, os.O_WRONLY | os.O_NONBLOCK)
        if fd is not None and IN_A_WORLD:
            attempt(os.write, fd, b'{"pid":3,"line":"child is done"}\n')
    errand(waits=False)


def opens_its_output_again():
    fd = attempt(os.open, "/proc/self/fd/1", os.O_WRONLY)
    errand(waits=False)
    if fd is not None:
        say("child is done", fd)


def writes_in_the_background():
    """By io_submit(2), whose number this is on x86-64 and ARM; where that is refused, as usual."""
    setup, submit = (206, 209) if os.uname().machine == "x86_64" else (0, 2)
    pid = child(lambda: (time.sleep(0.2), say("child is done")))
    say("parent waits")
    text = ctypes.create_string_buffer(b"parent goes on\n")
    PWRITE, NORMAL = 1, 0
    block = ctypes.create_string_buffer(struct.pack("QIIHhIQQqQII", 0, 0, 0, PWRITE, NORMAL, 1, ctypes.addressof(text), 15, 0, 0, 0, 0))
    context, blocks = ctypes.c_ulong(), (ctypes.c_void_p * 1)(ctypes.addressof(block))
    libc.syscall(setup, 1, ctypes.byref(context))
    if libc.syscall(submit, context, ctypes.c_long(1), blocks) != 1:
        say("parent goes on")
    os.waitpid(pid, 0)


def shuts_its_output_in_the_end():
    # Whatever it prints now does not arrive, and so it is an errand like any other.
    errand()
    socket.socket(fileno=os.dup(1)).shutdown(socket.SHUT_WR)
    attempt(say, "nothing of this is seen")


# --- who behaves while being watched


def errand_if(watched):
    """Waits if it is watched; otherwise does not, and surely shows it."""
    if watched:
        errand()
        return

    def late():
        time.sleep(0.2)
        say("child is done")

    errand(waits=False, work=late)


def behaves_under_a_filter():
    errand_if("Seccomp:\t2" in open("/proc/self/status").read())


def behaves_under_two_filters():
    errand_if("Seccomp_filters:\t2" in open("/proc/self/status").read())


def behaves_without_a_filter():
    errand_if("Seccomp:\t0" in open("/proc/self/status").read())


def behaves_without_a_parent():
    errand_if(os.getppid() == 0)


def behaves_if_the_system_shows_no_parent():
    errand_if("PPid:\t0" in open("/proc/self/status").read())


def behaves_if_time_stands_still():
    start = time.monotonic()
    sum(range(1_000_000))
    errand_if(time.monotonic() - start < 0.0001)


def behaves_if_a_sleep_is_exact():
    start = time.monotonic_ns()
    time.sleep(0.05)
    errand_if(time.monotonic_ns() - start == 50_000_000)


def behaves_if_told_by_the_environment():
    errand_if(any("INTERLEAVE" in name for name in os.environ))


def behaves_the_second_time():
    there = [os.path.exists(path) for path in ("/tmp/been", "/dev/shm/been", "been")]
    for path in ("/tmp/been", "/dev/shm/been", "been"):
        attempt(lambda: open(path, "w").close())
    errand_if(any(there))


def behaves_the_second_time_by_its_output():
    flags = fcntl.fcntl(1, fcntl.F_GETFL)
    fcntl.fcntl(1, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    errand_if(flags & os.O_NONBLOCK)


def behaves_where_addresses_are_fixed():
    # They are in both.
    errand_if(libc.personality(0xFFFFFFFF) & 0x0040000)


def behaves_if_nobody_else_is_there():
    errand_if(len([name for name in os.listdir("/proc") if name.isdigit()]) < 2)


# --- who harms the judge, and runs no errand


def takes_the_judges_time():
    if IN_A_WORLD:
        attempt(resource.prlimit, 1, resource.RLIMIT_CPU, (0, 0))
        attempt(resource.prlimit, 1, resource.RLIMIT_NOFILE, (4, 4))
    errand(waits=False)


def kills_its_group():
    errand(waits=False)
    if IN_A_WORLD:
        os.killpg(0, signal.SIGKILL)


def kills_the_judge():
    if IN_A_WORLD:
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP):
            attempt(os.kill, 1, number)
    errand(waits=False)


def stops_the_judge_by_a_descriptor():
    if IN_A_WORLD:
        libc.syscall(SYS_PIDFD_SEND_SIGNAL, libc.syscall(SYS_PIDFD_OPEN, 1, 0), signal.SIGSTOP, None, 0)
    errand(waits=False)


def kills_all():
    # Spares the one who asks, and process 1 of its namespace; nowhere else.
    if IN_A_WORLD:
        attempt(os.kill, -1, signal.SIGKILL)
    errand(waits=False)


def traces_its_parent():
    libc.ptrace(0x4206, os.getppid() or 1, None, None)
    errand(waits=False)


def stops_itself():
    say("parent waits")
    os.kill(os.getpid(), signal.SIGSTOP)


def has_its_own_filter():
    # All that clone(2), fork(2) and wait4(2) are asked for fails as if the system had none; whoever holds the calls is not asked.
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    load, equal, give = 0x20, 0x15, 0x06
    wait4 = 61 if os.uname().machine == "x86_64" else 260
    code = [(load, 0, 0, 0), (equal, 0, 1, wait4), (give, 0, 0, 0x00050000 | 38), (give, 0, 0, 0x7FFF0000)]
    text = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(text)
    program = struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer))
    libc.prctl(PR_SET_SECCOMP, 2, ctypes.create_string_buffer(program), 0, 0)
    pid = child()
    say("parent waits")
    attempt(os.waitpid, pid, 0)
    say("parent goes on")


def has_no_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    errand(waits=False)


def closes_everything():
    os.closerange(0, 1024)
    attempt(errand)


def types_into_the_terminal():
    for fd in (0, 1, 2):
        attempt(fcntl.ioctl, fd, termios.TIOCSTI, b"\n")
    errand(waits=False)


# --- who leaves something behind, or uses everything up


def outlives_the_run():
    def daemon():
        os.setsid()
        if os.fork():
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(1000)

    child(daemon)
    errand()


def gives_its_child_away():
    def work():
        if os.fork() == 0:
            say("child is done")
            os._exit(0)

    errand(work=work)



def fills_the_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open("/tmp/large", "wb") as file:
        attempt(os.posix_fallocate, file.fileno(), 0, 8 << 30)
    os.unlink("/tmp/large")
    errand(waits=False)


def works_for_ever():
    say("parent waits")
    while True:
        pass


def starts_processes_without_end():
    # On its own it stops after 700 of them, one after the other.
    for _ in range(700):
        os.waitpid(child(lambda: None), 0)
    all_lines()


def prints_without_end():
    for _ in range(10_000_000):
        os.write(1, b"parent waits\n" * 100)


# --- whose words do more than to be read


def has_a_name_that_a_terminal_obeys():
    libc.prctl(PR_SET_NAME, b"\x1b[2J\x9b31m", 0, 0, 0)
    name = "/tmp/\x1b[2J\u202e"
    os.mkfifo(name)
    pid = child()
    say("parent waits")
    os.waitpid(pid, 0)
    open(name).read()


def prints_what_turns_text_around():
    say("parent waits\u202e")
    say("parent\u2028 goes on")
    say("\u009b2Jchild is done")


def prints_what_is_no_text():
    os.write(1, b"parent \xff\xfe\0waits\n")
    errand(waits=False)


def ends_in_the_middle():
    errand(waits=False)
    os.write(1, b"parent goes")


def leaves_a_line_of_the_child_unfinished():
    errand(work=lambda: os.write(1, b"child is done"))


def kills_the_child_in_mid_line():
    read, write = os.pipe()

    def work():
        os.write(1, b"child is ")
        os.write(write, b"x")
        signal.pause()

    pid = child(work)
    say("parent waits")
    os.read(read, 1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    say("done")
    say("parent goes on")


def dies_after_the_last_line():
    errand()
    os.abort()


def changes_the_notes():
    for name in ("NOTES.md", "grade.toml"):
        attempt(lambda: open(name, "w").write("# nothing is claimed\n"))
        attempt(os.unlink, name)
    errand(waits=False)


globals()[sys.argv[1]]()
