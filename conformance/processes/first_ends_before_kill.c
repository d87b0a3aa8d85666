// The child sends its parent, the first process, a signal: before that has ended, while it is a zombie, or when it is gone.
// outcome: sent => killed by SIGUSR1
// outcome: sent => ok
// outcome: gone => ok
// source: argument; kill(2), wait(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    pid_t first = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) {
        puts(kill(first, SIGUSR1) == 0 ? "sent" : "gone");
        exit(0);
    }
}
