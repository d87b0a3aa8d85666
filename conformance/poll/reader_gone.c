// POLLERR on the writing end: the last reader has ended, or not yet.
// outcome: out => ok
// outcome: out err => ok
// source: argument; poll(2), POLLERR
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    pipe(p);
    if (fork() == 0) _exit(0);
    close(p[0]);
    struct pollfd out = {p[1], POLLOUT};
    poll(&out, 1, -1);
    printf("%s%s\n", out.revents & POLLOUT ? "out" : "", out.revents & POLLERR ? " err" : "");
    wait(NULL);
}
