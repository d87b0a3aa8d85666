// Two pipes in one epoll(7), and both writers have ended before anybody looks: the set still tells which pipe was written to first.
// outcome: 0 1 => ok
// outcome: 1 0 => ok
// source: argument; epoll(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2][2];
    struct epoll_event events[2];
    int set = epoll_create1(0);
    for (int i = 0; i < 2; i++) {
        struct epoll_event event = {EPOLLIN, {.u32 = i}};
        pipe(p[i]);
        epoll_ctl(set, EPOLL_CTL_ADD, p[i][0], &event);
    }
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { write(p[i][1], "x", 1); _exit(0); }
    while (wait(NULL) > 0) continue;
    epoll_wait(set, events, 2, -1);
    printf("%d %d\n", events[0].data.u32, events[1].data.u32);
}
