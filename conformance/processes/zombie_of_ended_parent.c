// A process that has ended is there until its parent has waited for it, or has ended itself.
// outcome: there => ok
// outcome: gone => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t c;
    int y[2], z[2];
    pipe(y);
    pipe(z);
    char t;
    if (!(c = fork())) { close(z[0]); exit(0); }
    close(z[1]);
    if (!fork()) { read(z[0], &t, 1); printf("%s\n", kill(c, 0) == 0 ? "there" : "gone"); exit(0); }
    close(z[0]);
}
