// An alarm and one pause: if the alarm comes before the pause, nobody wakes it.
// outcome: woken => ok
// outcome: (nothing) => deadlock
// time: any
// source: argument; pause(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static void on_alarm(int signal) {}
int main(void) {
    struct itimerval soon = {{0, 0}, {0, 2000}};
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
    pause();
    puts("woken");
}
