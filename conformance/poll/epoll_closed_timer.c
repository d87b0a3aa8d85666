// A timer that has been closed is in no epoll set any more: it goes off for nobody.
// outcome: 0 => ok
// source: epoll(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(void) {
    struct itimerspec soon = {{0, 0}, {0, 1000000}};
    struct epoll_event event = {EPOLLIN};
    int set = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
    epoll_ctl(set, EPOLL_CTL_ADD, timer, &event);
    timerfd_settime(timer, 0, &soon, NULL);
    close(timer);
    printf("%d\n", epoll_wait(set, &event, 1, 20));
}
