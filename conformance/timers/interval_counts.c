// A timer that repeats interrupts a pause until three ticks were heard; a child speaks meanwhile.
// outcome: child | three => ok
// outcome: three | child => ok
// source: setitimer(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
static volatile int ticks;
static void on_alarm(int signal) { ticks++; }
int main(void) {
    struct itimerval every = {{0, 5000}, {0, 5000}}, never = {0};
    sigset_t alarm, old;
    if (fork() == 0) { write(1, "child\n", 6); _exit(0); }
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, &old);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &every, NULL);
    while (ticks < 3) sigsuspend(&old);
    setitimer(ITIMER_REAL, &never, NULL);
    write(1, "three\n", 6);
    wait(NULL);
}
