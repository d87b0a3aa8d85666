// A timer is closed, and another one has its number: it is that one which goes off.
// outcome: first 0 => ok
// source: timerfd_create(2)
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(void) {
    struct itimerspec soon = {{0, 0}, {0, 1000000}}, later = {{0, 0}, {1000, 0}};
    uint64_t times = 0;
    int first = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(first, 0, &later, NULL);
    close(first);
    int second = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(second, 0, &soon, NULL);
    read(second, &times, 8);
    printf("first %d\n", (int)times - 1 + second - first);
}
