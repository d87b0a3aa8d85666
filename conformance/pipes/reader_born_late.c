// Two take a byte each, and one of them is forked only once a third process has said so: it may be the first all the same.
// outcome: q1 | c2 => ok
// outcome: c2 | q1 => ok
// outcome: q2 | c1 => ok
// outcome: c1 | q2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int x[2], y[2]; char t; pid_t q, z, c;
    pipe(x); pipe(y);
    write(x[1], "1", 1);
    if (!(q = fork())) { read(x[0], &t, 1); printf("q%c\n", t); exit(0); }
    if (!(z = fork())) { write(y[1], "y", 1); exit(0); }
    read(y[0], &t, 1);
    if (!(c = fork())) { read(x[0], &t, 1); printf("c%c\n", t); exit(0); }
    write(x[1], "2", 1);
}
