// A look at a pidfd; then a look with waitpid(2): who was seen ended stays so.
// outcome: ended ended => ok
// outcome: running ended => ok
// outcome: running running => ok
// source: argument; pidfd_open(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    struct pollfd end = {syscall(SYS_pidfd_open, child, 0), POLLIN};
    int first = poll(&end, 1, 0);
    int second = waitpid(child, NULL, WNOHANG) == child;
    printf("%s %s\n", first ? "ended" : "running", second ? "ended" : "running");
}
