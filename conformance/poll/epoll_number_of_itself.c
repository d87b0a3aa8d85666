// A set watches an eventfd by a number by which its process now has another set, in which the first one lies: no circle, though it looks
// like one.
// outcome: 1 => ok
// source: argument; epoll(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct epoll_event event = {EPOLLIN};
    int inner = epoll_create1(0), counter = eventfd(0, 0), copy = dup(counter);
    epoll_ctl(inner, EPOLL_CTL_ADD, counter, &event);
    close(counter);
    int outer = epoll_create1(0);
    if (outer != counter) return 1;
    epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event);
    if (fork() == 0) { eventfd_write(copy, 1); _exit(0); }
    printf("%d\n", epoll_wait(outer, &event, 1, -1));
    wait(NULL);
}
