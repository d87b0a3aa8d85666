// Waits only for POLLRDHUP, which the other end's shutdown(2) brings.
// outcome: 1 1 | shut => ok
// outcome: shut | 1 1 => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (!fork()) { shutdown(s[1], SHUT_WR); printf("shut\n"); exit(0); }
    struct pollfd f = {s[0], POLLRDHUP};
    int n = poll(&f, 1, -1);
    printf("%d %d\n", n, !!(f.revents & POLLRDHUP));
    while (wait(NULL) > 0) continue;
}
