// Edge-triggered, one event tells of one write or of two; what is not read is not told of again.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; epoll(7), EPOLLET: the second write is an event of its own only if the first has been told of; the last look comes after the writer's end
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], events = 0;
    struct epoll_event event = {EPOLLIN | EPOLLET};
    pipe(p);
    int set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, p[0], &event);
    pid_t writer = fork();
    if (writer == 0) { write(p[1], "x", 1); write(p[1], "x", 1); _exit(0); }
    events += epoll_wait(set, &event, 1, -1);
    waitpid(writer, NULL, 0);
    events += epoll_wait(set, &event, 1, 0);
    events += epoll_wait(set, &event, 1, 0);
    printf("%d\n", events);
}
