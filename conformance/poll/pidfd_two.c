// poll(2) on two pidfds: one child has ended, or both.
// outcome: a => ok
// outcome: b => ok
// outcome: ab => ok
// source: argument; pidfd_open(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct pollfd ends[2];
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        ends[i] = (struct pollfd){syscall(SYS_pidfd_open, child, 0), POLLIN};
    }
    poll(ends, 2, -1);
    printf("%s%s\n", ends[0].revents ? "a" : "", ends[1].revents ? "b" : "");
    while (wait(NULL) > 0) continue;
}
