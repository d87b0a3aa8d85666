// Two children look, without waiting, at the timer of their parent: at most one is told that it went off.
// outcome: a | end => ok
// outcome: b | end => ok
// outcome: end => ok
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
    struct itimerspec t = {{0, 0}, {0, 300000}};
    timerfd_settime(f, 0, &t, 0);
    for (int i = 0; i < 2; i++) if (!fork()) {
        uint64_t n;
        if (read(f, &n, 8) == 8) printf("%c\n", 'a' + i);
        exit(0);
    }
    while (wait(NULL) > 0) continue; printf("end\n");
}
