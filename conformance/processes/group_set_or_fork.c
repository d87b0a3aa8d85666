// A process is put into another group before or after it forks: its child is where it was itself then.
// outcome: old => ok
// outcome: new => ok
// source: argument; setpgid(2), fork(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int y[2];
    char t;
    pipe(y);
    pid_t p, me = getpgrp();
    if (!(p = fork())) {
        if (!fork()) {
            printf("%s\n", getpgrp() == me ? "old" : "new");
            exit(0);
        }
        exit(0);
    }
    if (!fork()) { write(y[1], "y", 1); exit(0); }
    read(y[0], &t, 1);
    setpgid(p, p);
}
