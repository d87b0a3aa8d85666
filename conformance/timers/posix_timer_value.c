// The signal of a timer carries the value that it was given, and says what it comes from.
// outcome: 42 timer => ok
// source: timer_create(2), sigaction(2), SI_TIMER
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <time.h>

int main(void) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
    struct itimerspec soon = {.it_value.tv_nsec = 1000000};
    timer_t timer;
    siginfo_t info;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &soon, NULL);
    sigwaitinfo(&set, &info);
    printf("%d %s\n", info.si_value.sival_int, info.si_code == SI_TIMER ? "timer" : "?");
}
