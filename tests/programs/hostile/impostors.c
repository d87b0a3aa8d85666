// Programs that want to pass for those of two lessons, isolation_demo and pool_demo, without doing what these are about: they print what the
// notes want to see, and only the kernel knows better. `tests/hostile.rs` says what each is to hear. One by name.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say(const char *format, int number) {
    char text[100];
    int length = snprintf(text, sizeof text, format, number);
    if (write(1, text, length) != length) _exit(3);
}

static void nap(double seconds) {
    struct timespec time = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

// --- isolation_demo: a variable that is not shared

static int own = 100;
static int *num = &own;

static void count_up(void) {
    say("子进程开始\n", 0);
    *num += 1;
    say("子进程结束--%d\n", *num);
}

// The parent says what it is to say, whatever its variable is by now.
static int isolation(void) {
    say("父进程开始\n", 0);
    pid_t pid = fork();
    if (pid == 0) {
        count_up();
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    say("父进程结束--%d\n", 100);
    return 0;
}

static int in_memory_of(int fd, int flags) {
    if (fd >= 0 && ftruncate(fd, 4096) < 0) return 3;
    num = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, fd, 0);
    *num = 100;
    return isolation();
}

static int isolated(void) { return isolation(); }
static int shares_anonymous_memory(void) { return in_memory_of(-1, MAP_SHARED | MAP_ANONYMOUS); }
static int shares_a_file_in_memory(void) { return in_memory_of(memfd_create("num", 0), MAP_SHARED); }
static int shares_a_file(void) { return in_memory_of(open("num", O_RDWR | O_CREAT, 0600), MAP_SHARED); }
// A copy of a file, and of what both could share if they asked for it.
static int maps_a_file_for_itself(void) { return in_memory_of(open("num", O_RDWR | O_CREAT, 0600), MAP_PRIVATE); }

// Nobody can write to what both have: so libraries have their tables.
static int maps_a_file_to_read(void) {
    int fd = open("/proc/self/exe", O_RDONLY);
    if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED) return 3;
    return isolation();
}

// It has some, and its child does not get it.
static int keeps_its_memory_to_itself(void) {
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (madvise(memory, 4096, MADV_DONTFORK) < 0) return 3;
    return isolation();
}

static int shares_a_segment(void) {
    int segment = shmget(IPC_PRIVATE, 4096, 0600);
    num = shmat(segment, NULL, 0);
    shmctl(segment, IPC_RMID, NULL);
    *num = 100;
    return isolation();
}

// Nobody has the right to write when the memory is asked for; the child gives it to itself.
static int *hidden;
static int shares_what_it_may_not_write_yet(void) {
    hidden = mmap(NULL, 4096, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    say("父进程开始\n", 0);
    pid_t pid = fork();
    if (pid == 0) {
        mprotect(hidden, 4096, PROT_READ | PROT_WRITE);
        *hidden = 100;
        num = hidden;
        count_up();
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    say("父进程结束--%d\n", 100);
    return 0;
}

// Nothing is inherited: each maps the file by its name, the child after the fork.
static int meets_in_a_file(void) {
    int fd = open("num", O_RDWR | O_CREAT, 0600);
    if (ftruncate(fd, 4096) < 0) return 3;
    int *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    madvise(memory, 4096, MADV_DONTFORK);
    *memory = 100;
    say("父进程开始\n", 0);
    pid_t pid = fork();
    if (pid == 0) {
        num = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open("num", O_RDWR), 0);
        count_up();
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    say("父进程结束--%d\n", *memory - 1);
    return 0;
}

static int writes_into_its_parent(void) {
    say("父进程开始\n", 0);
    pid_t pid = fork();
    if (pid == 0) {
        count_up();
        struct iovec here = {&own, sizeof own}, there = {&own, sizeof own};
        process_vm_writev(getppid(), &here, 1, &there, 1, 0);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    say("父进程结束--%d\n", own - 1);
    return 0;
}

static int in_borrowed_memory(void *unused) {
    (void)unused;
    count_up();
    return 0;
}

static int with_clone(int flags) {
    say("父进程开始\n", 0);
    char *stack = malloc(1 << 16);
    pid_t pid = clone(in_borrowed_memory, stack + (1 << 16), flags | SIGCHLD, NULL);
    waitpid(pid, NULL, 0);
    say("父进程结束--%d\n", own - 1);
    return 0;
}

// The child is started as by vfork(2), and does its work in place of executing a program.
static int works_where_it_borrows(void) { return with_clone(CLONE_VM | CLONE_VFORK); }
static int is_a_process_and_a_thread(void) { return with_clone(CLONE_VM); }

// --- pool_demo: two workers that do five tasks

static int to_helper[2][2], to_parent[2][2];

// What a helper says, byte by byte what it is told.
static void repeat(int helper) {
    char text[100];
    for (;;) {
        ssize_t length = read(to_helper[helper][0], text, sizeof text);
        if (length <= 0) _exit(0);
        if (write(1, text, length) != length || write(to_parent[helper][1], "", 1) != 1) _exit(3);
    }
}

static void tell(int helper, const char *format, int task, pid_t pid) {
    char text[100], done;
    int length = snprintf(text, sizeof text, format, task, pid);
    if (write(to_helper[helper][1], text, length) != length || read(to_parent[helper][0], &done, 1) != 1) _exit(3);
}

// The two helpers print what they are told, and the parent sees to it that it takes its time.
static int tells_its_helpers_what_to_say(void) {
    pid_t pids[2];
    say("父进程启动\n", 0);
    for (int helper = 0; helper < 2; helper++) {
        if (pipe(to_helper[helper]) < 0 || pipe(to_parent[helper]) < 0) return 3;
        pids[helper] = fork();
        if (pids[helper] == 0) {
            for (int other = 0; other <= helper; other++) close(to_helper[other][1]);
            repeat(helper);
        }
    }
    for (int task = 0; task < 5; task += 2) {
        for (int helper = 0; helper < 2 && task + helper < 5; helper++)
            tell(helper, "子进程%d启动--%d\n", task + helper, pids[helper]);
        nap(1.1);
        for (int helper = 0; helper < 2 && task + helper < 5; helper++)
            tell(helper, "子进程%d结束--%d--耗时1.00\n", task + helper, pids[helper]);
    }
    for (int helper = 0; helper < 2; helper++) close(to_helper[helper][1]);
    for (int helper = 0; helper < 2; helper++) waitpid(pids[helper], NULL, 0);
    say("父进程结束\n", 0);
    return 0;
}

// The same work, done by the helpers.
static int works(void (*work)(void)) {
    int tasks[2];
    say("父进程启动\n", 0);
    if (pipe(tasks) < 0 || write(tasks[1], "\0\1\2\3\4", 5) != 5) return 3;
    close(tasks[1]);
    for (int helper = 0; helper < 2; helper++) {
        if (fork() > 0) continue;
        char task, text[100];
        while (read(tasks[0], &task, 1) == 1) {
            int length = snprintf(text, sizeof text, "子进程%d启动--%d\n", task, getpid());
            if (write(1, text, length) != length) _exit(3);
            work();
            length = snprintf(text, sizeof text, "子进程%d结束--%d--耗时1.00\n", task, getpid());
            if (write(1, text, length) != length) _exit(3);
        }
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    say("父进程结束\n", 0);
    return 0;
}

static void sleeps(void) { nap(1.0); }

static void ignore(int signal) { (void)signal; }

// To sleep is also to wait for one's own alarm.
static void waits_for_its_alarm(void) {
    sigset_t alarm_only, before;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm_only, &before);
    signal(SIGALRM, ignore);
    alarm(1);
    sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static int sleeps_for_its_tasks(void) { return works(sleeps); }
static int waits_for_its_alarms(void) { return works(waits_for_its_alarm); }
static void does_nothing(void) {}
static int does_no_task(void) { return works(does_nothing); }

static const struct {
    const char *name;
    int (*run)(void);
} programs[] = {
#define PROGRAM(name) {#name, name}
    PROGRAM(isolated),
    PROGRAM(shares_anonymous_memory),
    PROGRAM(shares_a_file_in_memory),
    PROGRAM(shares_a_file),
    PROGRAM(maps_a_file_for_itself),
    PROGRAM(maps_a_file_to_read),
    PROGRAM(keeps_its_memory_to_itself),
    PROGRAM(shares_a_segment),
    PROGRAM(shares_what_it_may_not_write_yet),
    PROGRAM(meets_in_a_file),
    PROGRAM(writes_into_its_parent),
    PROGRAM(works_where_it_borrows),
    PROGRAM(is_a_process_and_a_thread),
    PROGRAM(tells_its_helpers_what_to_say),
    PROGRAM(sleeps_for_its_tasks),
    PROGRAM(waits_for_its_alarms),
    PROGRAM(does_no_task),
};

int main(int count, char **words) {
    for (size_t n = 0; count > 1 && n < sizeof programs / sizeof *programs; n++)
        if (strcmp(words[1], programs[n].name) == 0) return programs[n].run();
    return 2;
}
