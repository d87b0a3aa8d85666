// One child signals by an eventfd, the other by a pipe's end.
// outcome: eventfd => ok
// outcome: pipe => ok
// outcome: eventfd pipe => ok
// source: argument; eventfd(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    pipe(p);
    int event = eventfd(0, 0);
    if (fork() == 0) { close(p[1]); eventfd_write(event, 1); _exit(0); }
    if (fork() == 0) _exit(0);
    close(p[1]);
    struct pollfd in[2] = {{event, POLLIN}, {p[0], POLLIN}};
    poll(in, 2, -1);
    printf("%s%s%s\n", in[0].revents ? "eventfd" : "", in[0].revents && in[1].revents ? " " : "", in[1].revents ? "pipe" : "");
    while (wait(NULL) > 0) continue;
}
