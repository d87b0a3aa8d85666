// The same, with poll(2) on a pidfd of a process that may be dead already.
// outcome: a | b1 | b2 => ok
// outcome: b1 | a | b2 => ok
// source: argument
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a = fork();
    if (a == 0) { puts("a"); exit(0); }
    struct pollfd end = {syscall(SYS_pidfd_open, a, 0), POLLIN, 0};
    if (fork() == 0) {
        puts("b1");
        poll(&end, 1, -1);
        puts("b2");
        exit(0);
    }
    while (wait(NULL) > 0) continue;
}
