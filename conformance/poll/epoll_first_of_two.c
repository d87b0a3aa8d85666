// Two eventfds in an epoll(7) set, which lies in another one, and both are written to before anybody looks: whoever asks for one event is
// told of the first.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; epoll(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int counters[2];
    int outer = epoll_create1(0), inner = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.u32 = 7}};
    epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event);
    for (int i = 0; i < 2; i++) {
        event.data.u32 = i;
        counters[i] = eventfd(0, 0);
        epoll_ctl(inner, EPOLL_CTL_ADD, counters[i], &event);
    }
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { eventfd_write(counters[i], 1); _exit(0); }
    while (wait(NULL) > 0) continue;
    epoll_wait(outer, &event, 1, -1);
    if (event.data.u32 != 7) return 1;
    epoll_wait(inner, &event, 1, -1);
    printf("%d\n", event.data.u32);
}
