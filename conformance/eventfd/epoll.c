// An eventfd in an epoll(7): the child adds twice; one event tells of both or of each.
// outcome: 2 => ok
// outcome: 1 1 => ok
// source: argument; eventfd(2), epoll(7)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct epoll_event event = {EPOLLIN};
    eventfd_t seen, sum = 0;
    const char *gap = "";
    int counter = eventfd(0, 0), set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, counter, &event);
    if (fork() == 0) { eventfd_write(counter, 1); eventfd_write(counter, 1); _exit(0); }
    while (sum < 2) {
        epoll_wait(set, &event, 1, -1);
        eventfd_read(counter, &seen);
        printf("%s%d", gap, (int)seen);
        gap = " ";
        sum += seen;
    }
    puts("");
    wait(NULL);
}
