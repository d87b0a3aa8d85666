// A child asks to be killed with its parent, whose end is held up by another: the child may have ended by then, or not.
// outcome: lives => ok
// outcome: (nothing) => ok
// source: argument; prctl(2), PR_SET_PDEATHSIG
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int y[2]; char t; pipe(y);
    if (!fork()) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        write(y[1], "r", 1);
        printf("lives\n");
        exit(0);
    }
    read(y[0], &t, 1);
    if (!fork()) { write(y[1], "y", 1); exit(0); }
    read(y[0], &t, 1);
}
