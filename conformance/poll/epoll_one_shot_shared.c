// Two processes have one epoll set with a descriptor that is reported once: who asks first is told, and the other is not.
// outcome: child 1 | parent 0 => ok
// outcome: child 0 | parent 1 => ok
// outcome: parent 1 | child 0 => ok
// outcome: parent 0 | child 1 => ok
// source: argument; epoll_ctl(2), EPOLLONESHOT
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2], set = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT};
    pipe(ends);
    epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event);
    write(ends[1], "x", 1);
    if (fork() == 0) {
        dprintf(1, "child %d\n", epoll_wait(set, &event, 1, 0));
        _exit(0);
    }
    dprintf(1, "parent %d\n", epoll_wait(set, &event, 1, 0));
    wait(NULL);
}
