// A timer goes off though who has set it has ended: its child has it open.
// outcome: went off => ok
// source: argument; timerfd_create(2)
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int f = timerfd_create(CLOCK_MONOTONIC, 0); int p[2]; pipe(p);
    struct itimerspec t = {{0, 0}, {0, 700000}};
    timerfd_settime(f, 0, &t, 0);
    if (!fork()) { uint64_t n; if (read(f, &n, 8) == 8) printf("went off\n"); exit(0); }
}
