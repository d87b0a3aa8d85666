// A new alarm replaces the old one: only one rings.
// outcome: ring => ok
// source: alarm(2), setitimer(2)
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int rings;
static void on_alarm(int signal) { rings++; write(1, "ring\n", 5); }
int main(void) {
    struct itimerval late = {{0, 0}, {1000, 0}}, soon = {{0, 0}, {0, 10000}};
    sigset_t alarm, old;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, &old);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &late, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    while (!rings) sigsuspend(&old);
}
