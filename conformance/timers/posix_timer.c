// A timer of timer_create(2) sends a signal, which sigwait(3) takes.
// outcome: rings => ok
// source: timer_create(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(void) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec soon = {{0, 0}, {0, 10000000}};
    sigset_t usr1;
    timer_t timer;
    int got;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &soon, NULL);
    sigwait(&usr1, &got);
    if (got == SIGUSR1) puts("rings");
}
