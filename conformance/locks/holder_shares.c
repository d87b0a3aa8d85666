// A process locks a file with a descriptor that it shares with its child, which ends; another child, who has watched that, speaks.
// outcome: a | c => ok
// outcome: c | a => ok
// source: argument; flock(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("f", O_RDWR | O_CREAT, 0666);
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
    flock(file, LOCK_EX);
}
