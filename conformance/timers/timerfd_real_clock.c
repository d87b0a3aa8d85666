// A timer goes off at a time of day: by then hardly any time has passed.
// outcome: soon => ok
// source: timerfd_create(2), TFD_TIMER_ABSTIME
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec before, after;
    uint64_t times;
    int timer = timerfd_create(CLOCK_REALTIME, 0);
    clock_gettime(CLOCK_REALTIME, &before);
    struct itimerspec when = {{0, 0}, {before.tv_sec, before.tv_nsec + 5000000}};
    if (when.it_value.tv_nsec >= 1000000000) { when.it_value.tv_nsec -= 1000000000; when.it_value.tv_sec++; }
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
    read(timer, &times, 8);
    clock_gettime(CLOCK_REALTIME, &after);
    puts(after.tv_sec - before.tv_sec < 1000 ? "soon" : "late");
}
