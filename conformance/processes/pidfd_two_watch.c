// Two children wait by a pidfd for the end of a third, which their parent waits for meanwhile, and then speak.
// outcome: b | c => ok
// outcome: c | b => ok
// source: argument; pidfd_open(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t watch(int pidfd, const char *name) {
    pid_t child = fork();
    if (child == 0) {
        struct pollfd end = {.fd = pidfd, .events = POLLIN};
        poll(&end, 1, -1);
        puts(name);
        exit(0);
    }
    return child;
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t first = fork();
    if (first == 0) exit(0);
    int pidfd = syscall(SYS_pidfd_open, first, 0);
    waitpid(first, NULL, 0);
    pid_t b = watch(pidfd, "b"), c = watch(pidfd, "c");
    waitpid(b, NULL, 0);
    waitpid(c, NULL, 0);
}
