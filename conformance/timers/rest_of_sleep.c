// A sleep of three seconds is interrupted by an alarm after one, and says that no more than two are left.
// outcome: slept => ok
// outcome: two left => ok
// source: argument; nanosleep(2). The alarm may go off before the sleep begins, or when it is over, on a machine that is busy for so long
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void handle(int signal) {}

int main(void) {
    signal(SIGALRM, handle);
    alarm(1);
    struct timespec rest = {3, 0};
    if (nanosleep(&rest, &rest) == 0) puts("slept");
    else puts(rest.tv_sec < 2 ? "two left" : "more left");
}
