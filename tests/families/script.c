// Runs a script of a few operations for each of a few processes: `./script SCRIPT [SEED]`.
//
// SCRIPT has a part for each process, and `|` between them; the first process takes the first part and starts the others. A part is
// words with spaces between them, a word an operation and its arguments with dots between them: `pipe.0 fork.1 any|w.0.1 exit.2`.
// What a process sees it keeps, and prints as one line when it ends; `say` and handlers print at once. With a SEED other than 0 it
// naps now and then, which makes other orders likely in real runs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 8, SLOTS = 8, ARGUMENTS = 6 };

// What lies in memory that is shared; it is mapped only where a script asks for it.
struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    pthread_barrier_t barrier;
    sem_t semaphores[SLOTS];
    int words[SLOTS];
};

static char *parts[PROCESSES];
static pid_t pids[PROCESSES];
static char me, next; // The letters of this process, and of the one being started.
static unsigned seed;
static char seen[4096];
static int seen_length;
static int ends[SLOTS][2]; // Descriptors: [0] is read from, [1] is written to.
static int ids[SLOTS];     // System V's.
static struct shared *shared;

static void print(const char *text, int length) {
    if (write(1, text, length) != length) _exit(99);
}

#define SEE(...) (seen_length += snprintf(seen + seen_length, sizeof seen - seen_length, __VA_ARGS__))

static const char *error_name(int error) {
    static char other[16];
    switch (error) {
    case EAGAIN: return "again";
    case ECHILD: return "nochild";
    case EINTR: return "intr";
    case EPIPE: return "pipe";
    case EEXIST: return "exists";
    case ENOENT: return "noent";
    case ECONNREFUSED: return "refused";
    case ECONNRESET: return "reset";
    case ENOTCONN: return "notconn";
    case ESRCH: return "srch";
    case EACCES: return "again"; // fcntl(2): of a lock that is held, EACCES or EAGAIN.
    case EDEADLK: return "deadlk";
    case EIDRM: return "idrm";
    case EINVAL: return "inval";
    case EBUSY: return "busy";
    case EADDRINUSE: return "inuse";
    case EISCONN: return "isconn";
    case EBADF: return "badf";
    }
    snprintf(other, sizeof other, "e%d", error);
    return other;
}

// Keeps what a call has answered: its name, and the number or the error.
static void see(const char *name, long answer) {
    if (answer < 0) SEE(" %s=%s", name, error_name(errno));
    else SEE(" %s=%ld", name, answer);
}

// The same of a call of which only the failure tells something.
static void see_failure(const char *name, long answer) {
    if (answer < 0) see(name, answer);
}

static void see_status(const char *name, pid_t pid, int status) {
    if (pid <= 0) {
        see(name, pid);
        return;
    }
    char who = '?';
    for (int i = 0; i < PROCESSES; i++)
        if (pids[i] == pid) who = 'a' + i;
    if (WIFEXITED(status)) SEE(" %s=%c%d", name, who, WEXITSTATUS(status));
    else if (WIFSIGNALED(status)) SEE(" %s=%ck%d", name, who, WTERMSIG(status));
    else SEE(" %s=%c%s", name, who, WIFSTOPPED(status) ? "stopped" : "continued");
}

static void finish(int code) {
    if (seen_length > 0) {
        char line[sizeof seen + 4];
        print(line, snprintf(line, sizeof line, "%c:%s\n", me, seen));
    }
    _exit(code);
}

static void handler(int number) {
    int error = errno;
    char line[16];
    // A child may be here before it has done anything itself.
    char who = pids[me - 'a'] == getpid() ? me : next;
    print(line, snprintf(line, sizeof line, "%ch%d\n", who, number));
    errno = error;
}

static void nap(void) {
    if (seed == 0) return;
    seed = seed * 1103515245 + 12345;
    unsigned chance = seed >> 16;
    if (chance % 2) usleep(chance / 2 % 400);
}

// Signals and errors by one letter each would be hard to read: a script has their numbers of x86-64 and ARM, which are the same.
static sigset_t set_of(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    return set;
}

static struct sockaddr_un name_of(const char *file) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strncpy(name.sun_path, file, sizeof name.sun_path - 1);
    return name;
}

static struct sockaddr_in port_of(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(5000 + port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int a[ARGUMENTS];
static char *s[ARGUMENTS];

static void wait_for(const char *name, pid_t pid, int options) {
    int status = 0;
    pid_t found = waitpid(pid, &status, options);
    see_status(name, found, status);
}

static void read_bytes(const char *name, int fd, int most) {
    static char bytes[1 << 16];
    long got = read(fd, bytes, most);
    if (got < 0 || got > 12) see(name, got);
    else SEE(" %s=[%.*s]", name, (int)got, bytes);
}

static void write_bytes(const char *name, int fd, int most) {
    static char bytes[1 << 16];
    memset(bytes, me, sizeof bytes);
    long done = write(fd, bytes, most);
    if (done == most) return;
    see(name, done);
}

// Which of the slots are ready, by one of the calls that can tell.
static void see_ready(const char *name, int first, int count, int events, int timeout, char by) {
    struct pollfd fds[ARGUMENTS];
    int ready;
    for (int i = 0; i < count; i++)
        fds[i] = (struct pollfd){.fd = ends[a[first + i]][events == POLLOUT], .events = events};
    if (by == 'p') {
        ready = poll(fds, count, timeout);
    } else if (by == 's') {
        fd_set set;
        FD_ZERO(&set);
        for (int i = 0; i < count; i++) FD_SET(fds[i].fd, &set);
        struct timeval now = {0, timeout * 1000};
        ready = select(64, events == POLLIN ? &set : 0, events == POLLOUT ? &set : 0, 0, timeout < 0 ? 0 : &now);
        for (int i = 0; i < count; i++) fds[i].revents = ready > 0 && FD_ISSET(fds[i].fd, &set) ? events : 0;
    } else {
        int all = epoll_create1(0);
        for (int i = 0; i < count; i++) {
            struct epoll_event event = {.events = events, .data.u32 = i};
            epoll_ctl(all, EPOLL_CTL_ADD, fds[i].fd, &event);
            fds[i].revents = 0;
        }
        struct epoll_event found[ARGUMENTS];
        ready = epoll_wait(all, found, ARGUMENTS, timeout);
        int error = errno;
        for (int i = 0; i < ready; i++) fds[found[i].data.u32].revents = found[i].events;
        close(all);
        errno = error;
    }
    if (ready < 0) {
        see(name, -1);
        return;
    }
    SEE(" %s=", name);
    for (int i = 0; i < count; i++)
        if (fds[i].revents) SEE("%d%s", a[first + i], fds[i].revents & POLLIN && by != 's' ? "i" : fds[i].revents & POLLHUP ? "h" : "");
}

static int slots_given(int first) {
    int count = 0;
    while (first + count < ARGUMENTS && s[first + count]) count++;
    return count;
}

static void lock_record(int command, int fd, int kind, int start, int length) {
    struct flock lock = {.l_type = kind == 'r' ? F_RDLCK : kind == 'w' ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET};
    lock.l_start = start;
    lock.l_len = length;
    see("lk", fcntl(fd, command, &lock));
}

static void change_semaphore(int id, int by, int flags) {
    struct sembuf change = {0, by, flags};
    long answer = semop(id, &change, 1);
    if (answer < 0 || by <= 0) see("op", answer);
}

struct message {
    long type;
    char text[1];
};

static void play(int process);

static void start(int child) {
    next = 'a' + child;
    pid_t pid = fork();
    if (pid == 0) {
        pids[child] = getpid();
        me = 'a' + child;
        seed = seed ? seed * 31 + child : 0;
        seen_length = 0;
        play(child);
    }
    if (pid < 0) _exit(98);
    pids[child] = pid;
}

// Starts another program that says this, by vfork(2): this process goes on once that program has begun.
static void spawn(const char *text) {
    char word[32];
    snprintf(word, sizeof word, "say.%s", text);
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/proc/self/exe", "script", word, (char *)0);
        _exit(97);
    }
    see_failure("spawn", pid);
}

static void in_a_moment(struct timespec *moment) {
    clock_gettime(CLOCK_REALTIME, moment);
    moment->tv_nsec += 1000000;
    if (moment->tv_nsec >= 1000000000) {
        moment->tv_sec++;
        moment->tv_nsec -= 1000000000;
    }
}

#define IS(text) (strcmp(name, text) == 0)

// Does one operation; its arguments are in `a` as numbers and in `s` as text.
static void operate(const char *name) {
    struct sockaddr_un un;
    struct sockaddr_in in;
    struct stat info;
    struct timespec moment;
    sigset_t set;

    // processes
    if (IS("fork")) start(a[0]);
    else if (IS("say")) { char line[32]; print(line, snprintf(line, sizeof line, "%c%s\n", me, s[0])); }
    else if (IS("exit")) finish(a[0]);
    else if (IS("abort")) abort();
    else if (IS("fault")) *(volatile int *)8 = 1;
    else if (IS("wait")) wait_for("wait", pids[a[0]], 0);
    else if (IS("any")) wait_for("any", -1, 0);
    else if (IS("forget")) wait(NULL);
    else if (IS("has")) see("has", waitpid(-1, NULL, WNOHANG) != 0);
    else if (IS("all")) while (wait(NULL) > 0) {}
    else if (IS("sum")) {
        long sum = 0;
        int status;
        while (wait(&status) > 0) sum += WIFEXITED(status) ? WEXITSTATUS(status) : 10 * WTERMSIG(status);
        see("sum", sum);
    }
    else if (IS("look")) wait_for("look", s[0] ? pids[a[0]] : -1, WNOHANG);
    else if (IS("change")) wait_for("change", pids[a[0]], WUNTRACED | WCONTINUED);
    else if (IS("changed")) wait_for("changed", pids[a[0]], WUNTRACED | WCONTINUED | WNOHANG);
    else if (IS("peek")) {
        siginfo_t child = {0};
        long answer = waitid(P_PID, pids[a[0]], &child, WEXITED | WNOWAIT);
        see("peek", answer < 0 ? answer : child.si_status);
    }
    else if (IS("there")) see("there", kill(pids[a[0]], 0));
    else if (IS("pidfd")) { ends[a[0]][0] = syscall(SYS_pidfd_open, pids[a[1]], 0); see_failure("pidfd", ends[a[0]][0]); }
    else if (IS("waitpidfd")) {
        siginfo_t child = {0};
        long answer = waitid(P_PIDFD, ends[a[0]][0], &child, WEXITED | (s[1] ? WNOHANG : 0));
        see("waitpidfd", answer < 0 ? answer : child.si_status);
    }
    else if (IS("pidfdkill")) see("pidfdkill", syscall(SYS_pidfd_send_signal, ends[a[0]][0], a[1], 0, 0));
    else if (IS("reaper")) prctl(PR_SET_CHILD_SUBREAPER, 1);
    else if (IS("deathsig")) prctl(PR_SET_PDEATHSIG, a[0]);
    else if (IS("exec")) { char word[32]; snprintf(word, sizeof word, "say.%s", s[0]); execl("/proc/self/exe", "script", word, (char *)0); }
    else if (IS("spawn")) spawn(s[0]);
    else if (IS("parent")) SEE(" parent=%d", getppid() == pids[a[0]]);
    else if (IS("group")) see_failure("group", setpgid(pids[a[0]], s[1] ? pids[a[1]] : 0));
    else if (IS("waitgroup")) wait_for("waitgroup", -pids[a[0]], 0);
    else if (IS("killgroup")) see("killgroup", kill(-pids[a[0]], a[1]));
    // signals
    else if (IS("handle")) {
        struct sigaction action = {.sa_handler = handler, .sa_flags = s[1] ? SA_RESTART : 0};
        sigaction(a[0], &action, 0);
    }
    else if (IS("ignore")) signal(a[0], SIG_IGN);
    else if (IS("default")) signal(a[0], SIG_DFL);
    else if (IS("kill")) see_failure("kill", kill(pids[a[0]], a[1]));
    else if (IS("block")) { set = set_of(a[0]); sigprocmask(SIG_BLOCK, &set, 0); }
    else if (IS("unblock")) { set = set_of(a[0]); sigprocmask(SIG_UNBLOCK, &set, 0); }
    else if (IS("pending")) { sigpending(&set); SEE(" pending=%d", sigismember(&set, a[0])); }
    else if (IS("suspend")) { sigemptyset(&set); sigsuspend(&set); }
    else if (IS("pause")) pause();
    else if (IS("sigwait")) { set = set_of(a[0]); see("sigwait", sigwaitinfo(&set, 0)); }
    else if (IS("siglook")) { set = set_of(a[0]); see("siglook", sigtimedwait(&set, 0, &(struct timespec){0, 0})); }
    else if (IS("signalfd")) { set = set_of(a[1]); ends[a[0]][0] = signalfd(-1, &set, s[2] ? SFD_NONBLOCK : 0); }
    else if (IS("sigread")) {
        struct signalfd_siginfo signal = {0};
        long got = read(ends[a[0]][0], &signal, sizeof signal);
        see("sigread", got < 0 ? got : (long)signal.ssi_signo);
    }
    // time
    else if (IS("alarm")) setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0, a[0]}}, 0);
    else if (IS("timerfd")) {
        ends[a[0]][0] = timerfd_create(CLOCK_MONOTONIC, s[1] ? TFD_NONBLOCK : 0);
        timerfd_settime(ends[a[0]][0], 0, &(struct itimerspec){.it_value = {0, 1000000}}, 0);
    }
    else if (IS("nap")) usleep(500);
    // waits that give up after a millisecond
    else if (IS("polltime")) see_ready("polltime", 1, slots_given(1), POLLIN, 1, s[0][0]);
    else if (IS("sigtime")) { set = set_of(a[0]); see("sigtime", sigtimedwait(&set, 0, &(struct timespec){0, 1000000})); }
    else if (IS("taketime")) { in_a_moment(&moment); see("taketime", sem_timedwait(&shared->semaphores[a[0]], &moment)); }
    else if (IS("optime")) {
        struct sembuf change = {0, atoi(s[1]), 0};
        see("optime", semtimedop(ids[a[0]], &change, 1, &(struct timespec){0, 1000000}));
    }
    else if (IS("mqtime")) {
        char byte;
        in_a_moment(&moment);
        see("mqtime", mq_timedreceive(ends[a[0]][0], &byte, 1, 0, &moment));
    }
    else if (IS("locktime")) { in_a_moment(&moment); int error = pthread_mutex_timedlock(&shared->mutex, &moment); SEE(" locktime=%d", error); }
    else if (IS("limit")) setsockopt(ends[a[0]][0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 1000}, sizeof(struct timeval));
    // streams
    else if (IS("pipe")) { if (pipe(ends[a[0]]) < 0) _exit(97); }
    else if (IS("small")) fcntl(ends[a[0]][1], F_SETPIPE_SZ, 4096);
    else if (IS("fill")) { static char page[4096]; if (write(ends[a[0]][1], page, sizeof page) < 0) _exit(96); }
    else if (IS("pair")) { // A slot for each side.
        int both[2];
        if (socketpair(AF_UNIX, s[2][0] == 'd' ? SOCK_DGRAM : s[2][0] == 'p' ? SOCK_SEQPACKET : SOCK_STREAM, 0, both) < 0) _exit(95);
        ends[a[0]][0] = ends[a[0]][1] = both[0];
        ends[a[1]][0] = ends[a[1]][1] = both[1];
    }
    else if (IS("event")) ends[a[0]][0] = ends[a[0]][1] = eventfd(a[1], (s[2] ? EFD_SEMAPHORE : 0) | (s[2] && s[2][0] == 'n' ? EFD_NONBLOCK : 0));
    else if (IS("w")) write_bytes("w", ends[a[0]][1], a[1]);
    else if (IS("r")) read_bytes("r", ends[a[0]][0], a[1]);
    else if (IS("cr")) close(ends[a[0]][0]);
    else if (IS("cw")) close(ends[a[0]][1]);
    else if (IS("nb")) fcntl(ends[a[0]][a[1]], F_SETFL, O_NONBLOCK | fcntl(ends[a[0]][a[1]], F_GETFL));
    else if (IS("avail")) { int count = 0; ioctl(ends[a[0]][0], FIONREAD, &count); SEE(" avail=%d", count); }
    else if (IS("ew")) { uint64_t n = a[1]; long done = write(ends[a[0]][1], &n, 8); see_failure("ew", done); }
    else if (IS("er")) { uint64_t n = 0; long got = read(ends[a[0]][0], &n, 8); see("er", got < 0 ? got : (long)n); }
    else if (IS("shut")) see_failure("shut", shutdown(ends[a[0]][0], a[1]));
    // polls
    else if (IS("poll")) see_ready("poll", 1, slots_given(1), POLLIN, -1, s[0][0]);
    else if (IS("ready")) see_ready("ready", 1, slots_given(1), POLLIN, 0, s[0][0]);
    else if (IS("room")) see_ready("room", 1, slots_given(1), POLLOUT, 0, s[0][0]);
    else if (IS("epnew")) ends[a[0]][0] = epoll_create1(0);
    else if (IS("epadd") || IS("epmod")) {
        struct epoll_event event = {.events = EPOLLIN | (s[2][0] == 'e' ? EPOLLET : s[2][0] == 'o' ? EPOLLONESHOT : 0), .data.u32 = a[1]};
        see_failure(name, epoll_ctl(ends[a[0]][0], IS("epadd") ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, ends[a[1]][0], &event));
    }
    else if (IS("epwait") || IS("eplook")) {
        struct epoll_event found[ARGUMENTS];
        int count = epoll_wait(ends[a[0]][0], found, ARGUMENTS, IS("epwait") ? -1 : 0);
        if (count < 0) see(name, count);
        else SEE(" %s=", name);
        for (int i = 0; i < count; i++) SEE("%d%s", found[i].data.u32, found[i].events & EPOLLIN ? "i" : "h");
    }
    // files
    else if (IS("mkfifo")) see_failure("mkfifo", mkfifo(s[0], 0666));
    else if (IS("fopen")) {
        int fd = open(s[1], (strchr("rR", s[2][0]) ? O_RDONLY : strchr("wW", s[2][0]) ? O_WRONLY : O_RDWR) | (strchr("RW", s[2][0]) ? O_NONBLOCK : 0));
        see_failure("fopen", fd);
        ends[a[0]][0] = ends[a[0]][1] = fd;
    }
    else if (IS("open")) {
        int flags = O_RDWR;
        for (char *flag = s[2]; *flag; flag++)
            flags |= *flag == 'c' ? O_CREAT : *flag == 'x' ? O_CREAT | O_EXCL : *flag == 't' ? O_TRUNC : *flag == 'a' ? O_APPEND : 0;
        int fd = open(s[1], flags, 0666);
        see_failure("open", fd);
        ends[a[0]][0] = ends[a[0]][1] = fd;
    }
    else if (IS("pw")) { char byte = me; see_failure("pw", pwrite(ends[a[0]][1], &byte, 1, a[1])); }
    else if (IS("pr")) { char bytes[8]; long got = pread(ends[a[0]][0], bytes, 4, a[1]); SEE(" pr=[%.*s]", got < 0 ? 0 : (int)got, bytes); }
    else if (IS("seek")) see("seek", lseek(ends[a[0]][0], a[1], s[2] ? SEEK_END : SEEK_SET));
    else if (IS("size")) { long answer = stat(s[0], &info); see("size", answer < 0 ? answer : S_ISDIR(info.st_mode) ? 0 : info.st_size); }
    else if (IS("links")) { long answer = fstat(ends[a[0]][0], &info); see("links", answer < 0 ? answer : (long)info.st_nlink); }
    else if (IS("truncate")) see_failure("truncate", truncate(s[0], a[1]));
    else if (IS("unlink")) see_failure("unlink", unlink(s[0]));
    else if (IS("rename")) see_failure("rename", rename(s[0], s[1]));
    else if (IS("link")) see_failure("link", link(s[0], s[1]));
    else if (IS("symlink")) see_failure("symlink", symlink(s[0], s[1]));
    else if (IS("mkdir")) see_failure("mkdir", mkdir(s[0], 0777));
    else if (IS("rmdir")) see_failure("rmdir", rmdir(s[0]));
    else if (IS("access")) see("access", access(s[0], F_OK));
    // locks
    else if (IS("flock")) {
        int kind = s[1][0] == 's' ? LOCK_SH : s[1][0] == 'x' ? LOCK_EX : LOCK_UN;
        see("flock", flock(ends[a[0]][0], kind | (s[1][1] == 'n' ? LOCK_NB : 0)));
    }
    else if (IS("lk")) lock_record(s[1][1] == 'n' ? F_SETLK : F_SETLKW, ends[a[0]][0], s[1][0], a[2], a[3]);
    else if (IS("ofd")) lock_record(s[1][1] == 'n' ? F_OFD_SETLK : F_OFD_SETLKW, ends[a[0]][0], s[1][0], a[2], a[3]);
    else if (IS("who")) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
        fcntl(ends[a[0]][0], F_GETLK, &lock);
        char who = '-';
        for (int i = 0; i < PROCESSES; i++)
            if (lock.l_type != F_UNLCK && pids[i] == lock.l_pid) who = 'a' + i;
        SEE(" who=%c", lock.l_type != F_UNLCK && who == '-' ? '?' : who);
    }
    // System V
    else if (IS("sems")) { ids[a[0]] = semget(IPC_PRIVATE, 1, 0600); semctl(ids[a[0]], 0, SETVAL, a[1]); }
    else if (IS("op")) change_semaphore(ids[a[0]], atoi(s[1]), (s[2] && strchr(s[2], 'n') ? IPC_NOWAIT : 0) | (s[2] && strchr(s[2], 'u') ? SEM_UNDO : 0));
    else if (IS("semval")) see("semval", semctl(ids[a[0]], 0, GETVAL));
    else if (IS("semwait")) see("semwait", semctl(ids[a[0]], 0, GETNCNT));
    else if (IS("semgone")) see_failure("semgone", semctl(ids[a[0]], 0, IPC_RMID));
    else if (IS("msgs")) ids[a[0]] = msgget(IPC_PRIVATE, 0600);
    else if (IS("snd")) { struct message message = {a[1], {me}}; see_failure("snd", msgsnd(ids[a[0]], &message, 1, 0)); }
    else if (IS("rcv")) {
        struct message message = {0};
        long got = msgrcv(ids[a[0]], &message, 1, atoi(s[1]), s[2] ? IPC_NOWAIT : 0);
        if (got < 0) see("rcv", got);
        else SEE(" rcv=%ld%.*s", message.type, (int)got, message.text);
    }
    else if (IS("msggone")) see_failure("msggone", msgctl(ids[a[0]], IPC_RMID, 0));
    // POSIX queues
    else if (IS("mq")) {
        struct mq_attr attributes = {.mq_maxmsg = a[1], .mq_msgsize = 1};
        mq_unlink("/families");
        ends[a[0]][0] = ends[a[0]][1] = mq_open("/families", O_RDWR | O_CREAT | (s[2] ? O_NONBLOCK : 0), 0600, &attributes);
        mq_unlink("/families");
    }
    else if (IS("mqs")) see_failure("mqs", mq_send(ends[a[0]][1], &me, 1, a[1]));
    else if (IS("mqr")) {
        char byte;
        unsigned priority;
        long got = mq_receive(ends[a[0]][0], &byte, 1, &priority);
        if (got < 0) see("mqr", got);
        else SEE(" mqr=%u%c", priority, byte);
    }
    // sockets with names
    else if (IS("listen")) {
        un = name_of(s[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_UNIX, SOCK_STREAM | (s[2] ? SOCK_NONBLOCK : 0), 0);
        see_failure("bind", bind(ends[a[0]][0], (void *)&un, sizeof un));
        see_failure("listen", listen(ends[a[0]][0], 4));
    }
    else if (IS("dial")) {
        un = name_of(s[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_UNIX, SOCK_STREAM, 0);
        see("dial", connect(ends[a[0]][0], (void *)&un, sizeof un));
    }
    else if (IS("accept")) {
        int fd = accept(ends[a[0]][0], 0, 0);
        see_failure("accept", fd);
        ends[a[1]][0] = ends[a[1]][1] = fd;
    }
    else if (IS("tlisten")) {
        in = port_of(a[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_INET, SOCK_STREAM | (s[2] ? SOCK_NONBLOCK : 0), 0);
        see_failure("bind", bind(ends[a[0]][0], (void *)&in, sizeof in));
        see_failure("listen", listen(ends[a[0]][0], 4));
    }
    else if (IS("tdial")) {
        in = port_of(a[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_INET, SOCK_STREAM, 0);
        see("tdial", connect(ends[a[0]][0], (void *)&in, sizeof in));
    }
    else if (IS("ubind")) {
        in = port_of(a[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_INET, SOCK_DGRAM, 0);
        see_failure("ubind", bind(ends[a[0]][0], (void *)&in, sizeof in));
    }
    else if (IS("usend")) {
        in = port_of(a[1]);
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        see_failure("usend", sendto(fd, &me, 1, 0, (void *)&in, sizeof in));
        close(fd);
    }
    else if (IS("dbind")) {
        un = name_of(s[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_UNIX, SOCK_DGRAM, 0);
        see_failure("dbind", bind(ends[a[0]][0], (void *)&un, sizeof un));
    }
    else if (IS("dsend")) {
        un = name_of(s[1]);
        int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        see_failure("dsend", sendto(fd, &me, 1, 0, (void *)&un, sizeof un));
        close(fd);
    }
    else if (IS("plisten")) {
        un = name_of(s[1]);
        ends[a[0]][0] = ends[a[0]][1] = socket(AF_UNIX, SOCK_SEQPACKET, 0);
        see_failure("bind", bind(ends[a[0]][0], (void *)&un, sizeof un));
        see_failure("listen", listen(ends[a[0]][0], 4));
    }
    else if (IS("sock")) ends[a[0]][0] = ends[a[0]][1] = socket(s[1][0] == 't' ? AF_INET : AF_UNIX, s[1][0] == 'p' ? SOCK_SEQPACKET : SOCK_STREAM, 0);
    else if (IS("conn")) { un = name_of(s[1]); see("conn", connect(ends[a[0]][0], (void *)&un, sizeof un)); }
    else if (IS("tconn")) { in = port_of(a[1]); see("tconn", connect(ends[a[0]][0], (void *)&in, sizeof in)); }
    else if (IS("peer")) { struct sockaddr_storage peer; socklen_t size = sizeof peer; see("peer", getpeername(ends[a[0]][0], (void *)&peer, &size)); }
    else if (IS("err")) {
        int error = 0;
        socklen_t size = sizeof error;
        long answer = getsockopt(ends[a[0]][0], SOL_SOCKET, SO_ERROR, &error, &size);
        if (answer < 0) see("err", answer);
        else SEE(" err=%s", error ? error_name(error) : "0");
    }
    else if (IS("pk")) {
        char bytes[4];
        long got = recv(ends[a[0]][0], bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
        if (got < 0) see("pk", got);
        else SEE(" pk=[%.*s]", (int)got, bytes);
    }
    else if (IS("linger")) setsockopt(ends[a[0]][0], SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    // shared memory, and what lies in it
    else if (IS("share")) {
        shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        pthread_mutexattr_t mutex;
        pthread_condattr_t condition;
        pthread_mutexattr_init(&mutex);
        pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
        if (s[0] && s[0][0] == 'r') pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&shared->mutex, &mutex);
        pthread_condattr_init(&condition);
        pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
        pthread_cond_init(&shared->condition, &condition);
    }
    else if (IS("sem")) sem_init(&shared->semaphores[a[0]], 1, a[1]);
    else if (IS("post")) see_failure("post", sem_post(&shared->semaphores[a[0]]));
    else if (IS("take")) see("take", sem_wait(&shared->semaphores[a[0]]));
    else if (IS("try")) see("try", sem_trywait(&shared->semaphores[a[0]]));
    else if (IS("value")) { int value; sem_getvalue(&shared->semaphores[a[0]], &value); SEE(" value=%d", value); }
    else if (IS("lock")) { int error = pthread_mutex_lock(&shared->mutex); SEE(" lock=%s", error ? error_name(error) : "0"); }
    else if (IS("trylock")) { int error = pthread_mutex_trylock(&shared->mutex); SEE(" trylock=%s", error ? error_name(error) : "0"); }
    else if (IS("unlock")) pthread_mutex_unlock(&shared->mutex);
    else if (IS("cwait")) pthread_cond_wait(&shared->condition, &shared->mutex);
    else if (IS("csignal")) pthread_cond_signal(&shared->condition);
    else if (IS("cbroadcast")) pthread_cond_broadcast(&shared->condition);
    else if (IS("ld")) { SEE(" ld=%d", __atomic_load_n(&shared->words[a[0]], __ATOMIC_SEQ_CST)); usleep(1); }
    else if (IS("st")) { __atomic_store_n(&shared->words[a[0]], a[1], __ATOMIC_SEQ_CST); usleep(1); }
    else if (IS("add")) { SEE(" add=%d", __atomic_add_fetch(&shared->words[a[0]], a[1], __ATOMIC_SEQ_CST)); usleep(1); }
    else if (IS("inc")) *(volatile int *)&shared->words[a[0]] += a[1];
    else if (IS("or")) *(volatile int *)&shared->words[a[0]] |= a[1];
    else { fprintf(stderr, "no operation is called %s\n", name); _exit(94); }
}

static void play(int process) {
    char *word, *rest = parts[process];
    while ((word = strsep(&rest, " ")) != NULL) {
        if (!*word) continue;
        char *name = strsep(&word, ".");
        for (int i = 0; i < ARGUMENTS; i++) {
            s[i] = strsep(&word, ".");
            a[i] = s[i] ? atoi(s[i]) : 0;
        }
        nap();
        operate(name);
    }
    nap();
    finish(0);
}

int main(int argc, char **argv) {
    if (argc < 2) return 93;
    seed = argc > 2 ? strtoul(argv[2], 0, 10) : 0;
    char *rest = strdup(argv[1]);
    for (int i = 0; i < PROCESSES && (parts[i] = strsep(&rest, "|")); i++) continue;
    pids[0] = getpid();
    me = 'a';
    memset(ends, -1, sizeof ends);
    play(0);
}
