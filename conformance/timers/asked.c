// Whether an alarm is still to come is asked by getitimer.
// outcome: (nothing) => killed by SIGALRM
// outcome: set => killed by SIGALRM
// outcome: set => ok
// source: getitimer(2)
#define _GNU_SOURCE
#include <sys/time.h>
#include <unistd.h>
int main(void) {
    alarm(1000);
    struct itimerval i; getitimer(ITIMER_REAL, &i);
    if (i.it_value.tv_sec > 0) write(1, "set\n", 4); else write(1, "none\n", 5);
}
