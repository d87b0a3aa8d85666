// A child that tells its parent something, or does not, in one of many ways; then both say that they are there. Told by name.
// `tests/told.rs` says what the kernel knows of each.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) {
    if (write(1, text, strlen(text)) < 0) _exit(3);
}

static void need(int good) {
    if (!good) _exit(4);
}

// Starts a child that says that it is there and does this.
static pid_t child(void (*does)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        does();
        say("child\n");
        _exit(0);
    }
    return pid;
}

static int ends[2];
static char byte = 'x';
static volatile int *shared;
static int queue;

static void nothing(void) {}
static void writes(void) { need(write(ends[1], &byte, 1) == 1); }
static void closes(void) { close(ends[1]); }

static void reads(void) { need(read(ends[0], &byte, 1) == 1); }

static void by_pipe(void) {
    need(pipe(ends) == 0);
    child(writes);
    reads();
}
static void by_pair(void) {
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    child(writes);
    reads();
}
static void by_messages(void) {
    need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    child(writes);
    need(recv(ends[0], &byte, 1, 0) == 1);
}
static void after_its_end(void) {
    need(pipe(ends) == 0);
    child(writes);
    wait(NULL);
    reads();
}
static void without_waiting(void) {
    need(pipe2(ends, O_NONBLOCK) == 0);
    child(writes);
    wait(NULL);
    reads();
}
static void among_others(void) {
    need(pipe(ends) == 0);
    writes();
    child(writes);
    reads();
    reads();
}

static void writes_name(void) {
    int fd = open("pipe", O_WRONLY);
    need(write(fd, &byte, 1) == 1);
}
static void by_fifo(void) {
    unlink("pipe");
    need(mkfifo("pipe", 0600) == 0);
    child(writes_name);
    ends[0] = open("pipe", O_RDONLY);
    reads();
}
static void writes_file(void) {
    int fd = open("file", O_WRONLY | O_CREAT, 0600);
    need(fd >= 0 && write(fd, &byte, 1) == 1);
}
static void by_file(void) {
    child(writes_file);
    wait(NULL);
    ends[0] = open("file", O_RDONLY);
    reads();
}
static void makes_file(void) { need(open("file", O_WRONLY | O_CREAT, 0600) >= 0); }
static void by_name_of_file(void) {
    child(makes_file);
    wait(NULL);
    need(access("file", F_OK) == 0);
}
static void stores(void) { *shared = 42; }
static void by_memory(void) {
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    child(stores);
    wait(NULL);
    need(*shared == 42);
}
static void by_mapped_file(void) {
    ends[0] = open("file", O_RDWR | O_CREAT, 0600);
    need(ftruncate(ends[0], 4096) == 0);
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ends[0], 0);
    child(stores);
    wait(NULL);
    need(*shared == 42);
}
struct message { long kind; char text; };
static void sends(void) {
    struct message one = {1, 'x'};
    need(msgsnd(queue, &one, 1, 0) == 0);
}
static void by_queue(void) {
    queue = msgget(IPC_PRIVATE, 0600);
    child(sends);
    struct message one;
    need(msgrcv(queue, &one, 1, 0, 0) == 1);
    msgctl(queue, IPC_RMID, NULL);
}
static void adds(void) {
    unsigned long one = 1;
    need(write(ends[0], &one, 8) == 8);
}
static void by_counter(void) {
    ends[0] = eventfd(0, 0);
    child(adds);
    unsigned long one;
    need(read(ends[0], &one, 8) == 8);
}
static void connects(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    ends[1] = socket(AF_UNIX, SOCK_STREAM, 0);
    need(connect(ends[1], (struct sockaddr *)&name, sizeof name) == 0);
    writes();
}
static void by_socket(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    unlink("socket");
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    need(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 1) == 0);
    child(connects);
    ends[0] = accept(listener, NULL, NULL);
    reads();
}
static struct sockaddr_in port;
static void connects_tcp(void) {
    ends[1] = socket(AF_INET, SOCK_STREAM, 0);
    need(connect(ends[1], (struct sockaddr *)&port, sizeof port) == 0);
    writes();
}
static void by_tcp(void) {
    port.sin_family = AF_INET;
    port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof port;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    need(bind(listener, (struct sockaddr *)&port, sizeof port) == 0 && listen(listener, 1) == 0);
    need(getsockname(listener, (struct sockaddr *)&port, &length) == 0);
    child(connects_tcp);
    ends[0] = accept(listener, NULL, NULL);
    reads();
}
// Who is in between prints nothing.
static void by_somebody_between(void) {
    int to[2];
    need(pipe(ends) == 0 && pipe(to) == 0);
    child(writes);
    if (fork() == 0) {
        reads();
        need(write(to[1], &byte, 1) == 1);
        _exit(0);
    }
    need(read(to[0], &byte, 1) == 1);
}

static void by_nothing(void) {
    child(nothing);
    wait(NULL);
}
static void by_its_end(void) {
    need(pipe(ends) == 0);
    child(closes);
    close(ends[1]);
    need(read(ends[0], &byte, 1) == 0);
}
static void by_itself(void) {
    need(pipe(ends) == 0);
    child(nothing);
    wait(NULL);
    writes();
    reads();
}
static void not_read(void) {
    need(pipe(ends) == 0);
    child(writes);
    wait(NULL);
}
static void only_looked_at(void) {
    need(pipe(ends) == 0);
    child(writes);
    struct pollfd one = {ends[0], POLLIN, 0};
    need(poll(&one, 1, -1) == 1);
}
static void reads_too(void) { reads(); }
static void the_other_way(void) {
    need(pipe(ends) == 0);
    writes();
    child(reads_too);
    wait(NULL);
}
// The parent reads what somebody else has written, and not what the child has.
static void by_another(void) {
    int others[2];
    need(pipe(ends) == 0 && pipe(others) == 0);
    if (fork() == 0) {
        need(write(others[1], &byte, 1) == 1);
        _exit(0);
    }
    child(writes);
    need(read(others[0], &byte, 1) == 1);
}

static void hears(int signal) { (void)signal; }
static void handle(void) {
    struct sigaction action = {.sa_handler = hears};
    sigaction(SIGUSR1, &action, NULL);
}
static sigset_t one(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    return set;
}
static void signals(void) { need(kill(getppid(), SIGUSR1) == 0); }
static void by_signal(void) {
    handle();
    child(signals);
    wait(NULL);
    wait(NULL);
}
static void by_awaited_signal(void) {
    sigset_t set = one();
    sigprocmask(SIG_BLOCK, &set, NULL);
    child(signals);
    int signal;
    need(sigwait(&set, &signal) == 0);
}
static void by_signalfd(void) {
    sigset_t set = one();
    sigprocmask(SIG_BLOCK, &set, NULL);
    ends[0] = signalfd(-1, &set, 0);
    child(signals);
    struct signalfd_siginfo info;
    need(read(ends[0], &info, sizeof info) == sizeof info);
}
static void ignored(void) {
    signal(SIGUSR1, SIG_IGN);
    child(signals);
    wait(NULL);
}
static void pending(void) {
    sigset_t set = one();
    sigprocmask(SIG_BLOCK, &set, NULL);
    child(signals);
    wait(NULL);
}
static void raised(void) {
    handle();
    child(nothing);
    wait(NULL);
    raise(SIGUSR1);
}

static void of_pipe(void) { by_its_end(); }
static void of_pair(void) {
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    child(closes);
    close(ends[1]);
    need(read(ends[0], &byte, 1) == 0);
}
static void of_tcp(void) {
    by_tcp();
    need(read(ends[0], &byte, 1) == 0);
}
static void not_the_end(void) { by_pipe(); }
static void broken_pipe(void) {
    signal(SIGPIPE, SIG_IGN);
    need(pipe(ends) == 0);
    child(nothing);
    wait(NULL);
    close(ends[0]);
    need(write(ends[1], &byte, 1) == -1);
}
static void broken_pair(void) {
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    child(nothing);
    wait(NULL);
    close(ends[0]);
    need(send(ends[1], &byte, 1, MSG_NOSIGNAL) == -1);
}
static void whole_pipe(void) {
    need(pipe(ends) == 0);
    child(nothing);
    wait(NULL);
    need(write(ends[1], &byte, 1) == 1);
}

#define WAY(name) {#name, name}
static const struct { const char *name; void (*does)(void); } WAYS[] = {
    WAY(by_pipe), WAY(by_pair), WAY(by_messages), WAY(after_its_end), WAY(without_waiting), WAY(among_others), WAY(by_fifo), WAY(by_file),
    WAY(by_name_of_file), WAY(by_memory), WAY(by_mapped_file), WAY(by_queue), WAY(by_counter), WAY(by_socket), WAY(by_tcp),
    WAY(by_somebody_between), WAY(by_nothing), WAY(by_its_end), WAY(by_itself), WAY(not_read), WAY(only_looked_at), WAY(the_other_way),
    WAY(by_another), WAY(by_signal), WAY(by_awaited_signal), WAY(by_signalfd), WAY(ignored), WAY(pending), WAY(raised), WAY(of_pipe),
    WAY(of_pair), WAY(of_tcp), WAY(not_the_end), WAY(broken_pipe), WAY(broken_pair), WAY(whole_pipe),
};

int main(int argc, char **argv) {
    for (unsigned way = 0; argc > 1 && way < sizeof WAYS / sizeof *WAYS; way++) {
        if (strcmp(WAYS[way].name, argv[1]) == 0) {
            WAYS[way].does();
            say("parent\n");
            while (wait(NULL) > 0) {}
            return 0;
        }
    }
    return 2;
}
