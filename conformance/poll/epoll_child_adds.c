// An epoll(7) is shared with the child, which adds a pipe with a byte to it while the parent waits in it.
// outcome: ready => ok
// source: argument; epoll(7): an addition of something that is ready wakes who waits
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    struct epoll_event event = {EPOLLIN};
    pipe(p);
    write(p[1], "x", 1);
    int set = epoll_create1(0);
    if (fork() == 0) { epoll_ctl(set, EPOLL_CTL_ADD, p[0], &event); _exit(0); }
    if (epoll_wait(set, &event, 1, -1) == 1) puts("ready");
    wait(NULL);
}
