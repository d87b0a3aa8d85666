// An interval timer ticks until the program has heard three.
// outcome: tick | tick | tick => ok
// source: setitimer(2), sigsuspend(2)
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int ticks;
static void on_alarm(int signal) { ticks++; write(1, "tick\n", 5); }
int main(void) {
    struct itimerval every = {{0, 5000}, {0, 5000}};
    sigset_t alarm, old;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, &old);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &every, NULL);
    while (ticks < 3) sigsuspend(&old);
}
