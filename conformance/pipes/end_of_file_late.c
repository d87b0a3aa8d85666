// Speaks its second line only when the other has ended: it reads to the end of a pipe that the other alone holds.
// outcome: a | b1 | b2 => ok
// outcome: b1 | a | b2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    if (fork() == 0) { close(p[0]); puts("a"); exit(0); }
    close(p[1]);
    if (fork() == 0) {
        puts("b1");
        while (read(p[0], &x, 1) > 0) continue;
        puts("b2");
        exit(0);
    }
    while (wait(NULL) > 0) continue;
}
