// Parent and child share a timer that has rung once: one of them reads that, and the other finds nothing.
// outcome: p => ok
// outcome: c => ok
// source: argument; timerfd_create(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct itimerspec soon = {{0, 0}, {0, 10000000}};
    uint64_t ticks;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    timerfd_settime(timer, 0, &soon, NULL);
    struct pollfd in = {timer, POLLIN};
    poll(&in, 1, -1);
    if (fork() == 0) { if (read(timer, &ticks, 8) == 8) puts("c"); exit(0); }
    if (read(timer, &ticks, 8) == 8) puts("p");
    wait(NULL);
}
