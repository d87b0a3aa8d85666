// A child does not inherit its parent's alarm: it lives on, and the parent is interrupted.
// outcome: alarm | child => ok
// source: argument; alarm(2), fork(2)
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_alarm(int signal) { write(1, "alarm\n", 6); }
int main(void) {
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval soon = {{0, 0}, {0, 20000}};
    sigset_t alarm, old;
    int p[2];
    char x;
    pipe(p);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm, &old);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    if (fork() == 0) {
        signal(SIGALRM, SIG_DFL);
        sigprocmask(SIG_SETMASK, &old, NULL);
        read(p[0], &x, 1);
        write(1, "child\n", 6);
        _exit(0);
    }
    sigsuspend(&old);
    write(p[1], "x", 1);
    wait(NULL);
}
