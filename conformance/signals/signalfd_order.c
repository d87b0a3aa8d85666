// A signal is read from a descriptor; the child speaks after it has sent it.
// outcome: child | signal => ok
// outcome: signal | child => ok
// source: argument; signalfd(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t usr1;
    struct signalfd_siginfo info;
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    int signals = signalfd(-1, &usr1, 0);
    if (fork() == 0) { kill(me, SIGUSR1); puts("child"); exit(0); }
    read(signals, &info, sizeof info);
    if (info.ssi_signo == SIGUSR1) puts("signal");
    wait(NULL);
}
