// A set watches an eventfd that its process has closed since, and has by another number; by the old number it has another eventfd. The
// child writes to the one that is watched, and the parent looks once.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; epoll(7), questions and answers 6
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct epoll_event event = {EPOLLIN};
    int set = epoll_create1(0), counter = eventfd(0, 0), copy = dup(counter);
    epoll_ctl(set, EPOLL_CTL_ADD, counter, &event);
    close(counter);
    if (eventfd(0, 0) != counter) return 1;
    if (fork() == 0) { eventfd_write(copy, 1); _exit(0); }
    printf("%d\n", epoll_wait(set, &event, 1, 0));
    wait(NULL);
}
