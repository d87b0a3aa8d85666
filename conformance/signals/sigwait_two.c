// Two children send two kinds of signals; sigwait(3) takes one after the other, and if both are there, the lower number first.
// outcome: USR1 | USR2 => ok
// outcome: USR2 | USR1 => ok
// source: argument; sigwait(3)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    sigset_t both;
    int got;
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    sigprocmask(SIG_BLOCK, &both, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    if (fork() == 0) { kill(me, SIGUSR2); _exit(0); }
    for (int i = 0; i < 2; i++) { sigwait(&both, &got); puts(got == SIGUSR1 ? "USR1" : "USR2"); }
}
