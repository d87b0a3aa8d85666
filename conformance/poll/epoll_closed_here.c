// What is closed here stays in the epoll set while another process has it open.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; epoll(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2], g[2], e = epoll_create1(0);
    pipe(p);
    pipe(g);
    struct epoll_event v = {EPOLLIN, {0}};
    epoll_ctl(e, EPOLL_CTL_ADD, p[0], &v);
    if (!fork()) {
        close(g[1]);
        char t;
        read(g[0], &t, 1);
        exit(0);
    }
    if (!fork()) { write(p[1], "x", 1); exit(0); }
    close(p[0]);
    printf("%d\n", epoll_wait(e, &v, 1, 0));
    write(g[1], "x", 1);
}
