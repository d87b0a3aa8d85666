// A timer is read: time passes, and nobody waits for ever.
// outcome: tick => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct itimerspec soon = {{0, 0}, {0, 50000000}};
    unsigned long ticks;
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(timer, 0, &soon, NULL);
    read(timer, &ticks, sizeof ticks);
    puts("tick");
}
