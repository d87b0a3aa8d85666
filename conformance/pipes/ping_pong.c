// Two processes speak in turn by two pipes: one order only.
// outcome: ping | pong | ping | pong => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    pipe(q);
    if (fork() == 0) {
        for (int i = 0; i < 2; i++) { read(p[0], &x, 1); puts("pong"); write(q[1], "x", 1); }
        exit(0);
    }
    for (int i = 0; i < 2; i++) { puts("ping"); write(p[1], "x", 1); read(q[0], &x, 1); }
    wait(NULL);
}
