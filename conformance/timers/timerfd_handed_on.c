// A child looks, without waiting, at a timer that its parent has set.
// outcome: no => ok
// outcome: yes => ok
// source: argument; timerfd_create(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int f = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec t = {{0, 0}, {0, 700000}};
    timerfd_settime(f, 0, &t, 0);
    if (!fork()) { uint64_t n; printf("%s\n", read(f, &n, 8) == 8 ? "yes" : "no"); exit(0); }
    while (wait(NULL) > 0) continue;
}
