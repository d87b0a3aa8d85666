// A group is sent a signal before or after one of it forks, which blocks it; the child lets it in.
// outcome: sent | lives => ok
// outcome: lives | sent => ok
// outcome: sent => ok
// source: argument; kill(2), fork(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int y[2];
    char t;
    pipe(y);
    pid_t p;
    setpgid(0, 0);
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    sigprocmask(SIG_BLOCK, &s, 0);
    if (!(p = fork())) {
        if (!fork()) {
            sigprocmask(SIG_UNBLOCK, &s, 0);
            printf("lives\n");
            exit(0);
        }
        exit(0);
    }
    if (!fork()) { write(y[1], "y", 1); exit(0); }
    read(y[0], &t, 1);
    kill(0, SIGUSR1); printf("sent\n");
}
