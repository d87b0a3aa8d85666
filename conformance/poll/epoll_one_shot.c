// EPOLLONESHOT tells of one event, however many come.
// outcome: 1 0 => ok
// source: epoll_ctl(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    struct epoll_event event = {EPOLLIN | EPOLLONESHOT};
    pipe(p);
    int set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, p[0], &event);
    pid_t writer = fork();
    if (writer == 0) { write(p[1], "x", 1); write(p[1], "x", 1); _exit(0); }
    int first = epoll_wait(set, &event, 1, -1);
    waitpid(writer, NULL, 0);
    printf("%d %d\n", first, epoll_wait(set, &event, 1, 0));
}
