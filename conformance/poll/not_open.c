// Neither poll nor select waits for a descriptor that is not open.
// outcome: c | invalid | bad => ok
// outcome: invalid | c | bad => ok
// outcome: invalid | bad | c => ok
// source: poll(2) (POLLNVAL), select(2) (EBADF)
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    fd_set set;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(ends);
    if (fork() == 0) { puts("c"); exit(0); }
    close(ends[0]);
    struct pollfd closed = {.fd = ends[0], .events = POLLIN};
    puts(poll(&closed, 1, -1) == 1 && closed.revents == POLLNVAL ? "invalid" : "?");
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    puts(select(ends[0] + 1, &set, NULL, NULL, NULL) < 0 && errno == EBADF ? "bad" : "?");
    wait(NULL);
}
