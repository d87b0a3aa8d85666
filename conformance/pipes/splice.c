// splice(2) moves what is in one pipe into another: one write, or two.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; splice(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    pipe(p);
    pipe(q);
    if (fork() == 0) { write(p[1], "a", 1); write(p[1], "b", 1); _exit(0); }
    printf("%d\n", (int)splice(p[0], NULL, q[1], NULL, 10, 0));
    wait(NULL);
}
