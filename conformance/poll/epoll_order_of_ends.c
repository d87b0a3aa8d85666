// An epoll(7) set with a child's pipe, the child's pidfd and a pipe of another child. The first child lets go of its pipe before it has
// ended, and the other one writes before, between or after the two.
// outcome: pipe end byte => ok
// outcome: pipe byte end => ok
// outcome: byte pipe end => ok
// source: argument; epoll(7), pidfd_open(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int mine[2], other[2], go[2];
    char x;
    static const char *names[] = {"pipe", "end", "byte"};
    struct epoll_event events[3];
    pipe(mine);
    pipe(other);
    pipe(go);
    int set = epoll_create1(0);
    int child = fork();
    if (child == 0) { read(go[0], &x, 1); _exit(0); }
    close(mine[1]);
    int handle = syscall(SYS_pidfd_open, child, 0);
    int watched[] = {mine[0], handle, other[0]};
    for (int i = 0; i < 3; i++) {
        struct epoll_event event = {EPOLLIN, {.u32 = i}};
        epoll_ctl(set, EPOLL_CTL_ADD, watched[i], &event);
    }
    if (fork() == 0) { write(other[1], "x", 1); _exit(0); }
    write(go[1], "x", 1);
    while (wait(NULL) > 0) continue;
    epoll_wait(set, events, 3, -1);
    printf("%s %s %s\n", names[events[0].data.u32], names[events[1].data.u32], names[events[2].data.u32]);
}
