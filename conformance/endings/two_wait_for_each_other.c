// Parent and child each read first, and write only then.
// outcome: (nothing) => deadlock
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    char x;
    pipe(p);
    pipe(q);
    if (fork() == 0) { read(p[0], &x, 1); write(q[1], "x", 1); _exit(0); }
    read(q[0], &x, 1);
    write(p[1], "x", 1);
    wait(NULL);
    puts("end");
}
