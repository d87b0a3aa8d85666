// Both pipes of a set are ready, and the child empties the first one and then the second. The set looks at one after the other, so that the first may
// be ready when it is looked at, and the second, later, no longer.
// outcome: none => ok
// outcome: first => ok
// outcome: second => ok
// outcome: both => ok
// source: argument; epoll_wait(2) (`ep_send_events` of the kernel)
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int first[2], second[2], found = 0, set = epoll_create1(0);
    char byte;
    struct epoll_event events[2] = {{.events = EPOLLIN, .data.u32 = 1}, {.events = EPOLLIN, .data.u32 = 2}};
    pipe(first);
    pipe(second);
    epoll_ctl(set, EPOLL_CTL_ADD, first[0], &events[0]);
    epoll_ctl(set, EPOLL_CTL_ADD, second[0], &events[1]);
    write(first[1], "x", 1);
    write(second[1], "x", 1);
    if (fork() == 0) {
        read(first[0], &byte, 1);
        read(second[0], &byte, 1);
        _exit(0);
    }
    int ready = epoll_wait(set, events, 2, 0);
    for (int i = 0; i < ready; i++)
        found |= events[i].data.u32;
    puts(found == 0 ? "none" : found == 1 ? "first" : found == 2 ? "second" : "both");
    wait(NULL);
}
