// A child sends the same signal twice and then the other; how many of the first are heard before the second depends on how soon they are taken.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    sigset_t both;
    int got, count = 0;
    pid_t me = getpid();
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    sigprocmask(SIG_BLOCK, &both, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); kill(me, SIGUSR1); kill(me, SIGUSR2); _exit(0); }
    while (sigwait(&both, &got), got == SIGUSR1) count++;
    printf("%d\n", count);
}
