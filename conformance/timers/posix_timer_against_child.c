// A timer's signal and a child's signal of another kind: sigwait(3) takes one after the other.
// outcome: timer | child => ok
// outcome: child | timer => ok
// time: any
// source: argument; timer_create(2); the lower number is the child's, SIGUSR1 against SIGUSR2
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    struct itimerspec soon = {{0, 0}, {0, 1500000}};
    sigset_t both;
    timer_t timer;
    int got;
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    sigprocmask(SIG_BLOCK, &both, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &soon, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    for (int i = 0; i < 2; i++) { sigwait(&both, &got); puts(got == SIGUSR1 ? "child" : "timer"); }
    wait(NULL);
}
