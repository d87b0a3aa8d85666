// poll(2) on a timer and a pipe: the timer, the byte, or both.
// outcome: timer => ok
// outcome: byte => ok
// outcome: timer byte => ok
// time: any
// source: argument; timerfd_create(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct itimerspec soon = {{0, 0}, {0, 1500000}};
    int p[2];
    pipe(p);
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(timer, 0, &soon, NULL);
    if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
    struct pollfd in[2] = {{timer, POLLIN}, {p[0], POLLIN}};
    poll(in, 2, -1);
    printf("%s%s%s\n", in[0].revents ? "timer" : "", in[0].revents && in[1].revents ? " " : "", in[1].revents ? "byte" : "");
    wait(NULL);
}
