// Both signals are pending when sigwait(3) begins: it takes the lower number.
// outcome: USR1 | USR2 => ok
// source: sigwait(3), signal(7): Linux delivers pending standard signals lowest number first
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
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
    if (fork() == 0) { kill(me, SIGUSR2); kill(me, SIGUSR1); _exit(0); }
    wait(NULL);
    for (int i = 0; i < 2; i++) { sigwait(&both, &got); puts(got == SIGUSR1 ? "USR1" : "USR2"); }
}
