// A set watches an eventfd that is ready. Its process has closed that, but not taken it out of the set; so it is there as long as the child has it
// open.
// outcome: child | 0 => ok
// outcome: child | 1 => ok
// outcome: 1 | child => ok
// source: argument; epoll(7), questions and answers 6
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct epoll_event event = {EPOLLIN};
    int set = epoll_create1(0), counter = eventfd(1, 0);
    epoll_ctl(set, EPOLL_CTL_ADD, counter, &event);
    if (fork() == 0) { puts("child"); exit(0); }
    close(counter);
    printf("%d\n", epoll_wait(set, &event, 1, 0));
    wait(NULL);
}
