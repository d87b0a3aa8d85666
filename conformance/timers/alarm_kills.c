// An alarm without a handler ends the process that waits for ever.
// outcome: waiting => killed by SIGALRM
// source: alarm(2)
#define _GNU_SOURCE
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

int main(void) {
    struct itimerval soon = {{0, 0}, {0, 20000}};
    write(1, "waiting\n", 8);
    setitimer(ITIMER_REAL, &soon, NULL);
    for (;;) pause();
}
