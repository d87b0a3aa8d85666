// A child ends, of which its parent, who keeps SIGCHLD back, takes no notice; another one, who has watched that, speaks, and so does the parent.
// outcome: a | c => ok
// outcome: c | a => ok
// source: argument; pidfd_open(2)
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    sigset_t child;
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    pid_t b = fork();
    if (b == 0) exit(0);
    int pidfd = syscall(SYS_pidfd_open, b, 0);
    if (fork() == 0) {
        struct pollfd end = {.fd = pidfd, .events = POLLIN};
        poll(&end, 1, -1);
        puts("c");
        exit(0);
    }
    puts("a");
}
