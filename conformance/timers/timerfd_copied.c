// A timer is set by one number and taken back by another: it has gone off before, or it does not at all.
// outcome: gone off | nothing => ok
// outcome: not yet | nothing => ok
// source: argument; timerfd_create(2), dup(2)
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(void) {
    struct itimerspec soon = {{0, 0}, {0, 100000}}, never = {0};
    uint64_t times;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), copy = dup(timer);
    timerfd_settime(timer, 0, &soon, NULL);
    puts(read(timer, &times, 8) == 8 ? "gone off" : "not yet");
    timerfd_settime(copy, 0, &never, NULL);
    puts(read(timer, &times, 8) == 8 ? "still" : "nothing");
}
