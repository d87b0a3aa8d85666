// Two pipes in one epoll(7): events come one at a time, in the order in which the pipes became ready.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; epoll(7)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2][2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int set = epoll_create1(0);
    for (int i = 0; i < 2; i++) {
        struct epoll_event event = {EPOLLIN, {.u32 = i}};
        pipe(p[i]);
        epoll_ctl(set, EPOLL_CTL_ADD, p[i][0], &event);
        if (fork() == 0) { write(p[i][1], "x", 1); _exit(0); }
    }
    for (int i = 0; i < 2; i++) {
        struct epoll_event event;
        epoll_wait(set, &event, 1, -1);
        read(p[event.data.u32][0], &x, 1);
        printf("%c\n", 'a' + event.data.u32);
    }
    while (wait(NULL) > 0) continue;
}
