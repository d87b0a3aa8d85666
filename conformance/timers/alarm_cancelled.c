// An alarm is taken back: it comes before that, or not at all.
// outcome: off => ok
// outcome: ring | off => ok
// time: any
// source: argument; setitimer(2)
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static void on_alarm(int signal) { write(1, "ring\n", 5); }
int main(void) {
    struct itimerval soon = {{0, 0}, {0, 500}}, off = {{0, 0}, {0, 0}};
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
    setitimer(ITIMER_REAL, &off, NULL);
    write(1, "off\n", 4);
}
