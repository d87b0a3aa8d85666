// The same of a timer that sends a signal.
// outcome: soon => ok
// source: timer_settime(2), TIMER_ABSTIME
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <time.h>

int main(void) {
    struct timespec before, after;
    int which;
    sigset_t signals;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    timer_create(CLOCK_REALTIME, &event, &timer);
    clock_gettime(CLOCK_REALTIME, &before);
    struct itimerspec when = {{0, 0}, {before.tv_sec, before.tv_nsec + 5000000}};
    if (when.it_value.tv_nsec >= 1000000000) { when.it_value.tv_nsec -= 1000000000; when.it_value.tv_sec++; }
    timer_settime(timer, TIMER_ABSTIME, &when, NULL);
    sigwait(&signals, &which);
    clock_gettime(CLOCK_REALTIME, &after);
    puts(after.tv_sec - before.tv_sec < 1000 ? "soon" : "late");
}
