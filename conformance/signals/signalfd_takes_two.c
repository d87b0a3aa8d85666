// Two are sent while both are read at once: the lower one comes first only if it is there when the first is taken.
// outcome: 10 12 => ok
// outcome: 12 10 => ok
// outcome: 10 | 12 => ok
// outcome: 12 | 10 => ok
// source: argument; signalfd(2): read(2) takes one after the other
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

int main(void) {
    sigset_t both;
    struct signalfd_siginfo got[2];
    pid_t me = getpid();
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    sigprocmask(SIG_BLOCK, &both, NULL);
    int signals = signalfd(-1, &both, 0);
    if (fork() == 0) { kill(me, SIGUSR2); _exit(0); }
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    for (int left = 2; left > 0;) {
        int now = read(signals, got, sizeof got) / sizeof *got;
        left -= now;
        if (now == 2) printf("%u %u\n", got[0].ssi_signo, got[1].ssi_signo);
        else printf("%u\n", got[0].ssi_signo);
        fflush(stdout);
    }
}
