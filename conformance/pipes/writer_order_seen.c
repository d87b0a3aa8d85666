// The reader passes on what it reads; the writer speaks for itself too.
// outcome: w | r1 | r2 => ok
// outcome: r1 | w | r2 => ok
// outcome: r1 | r2 | w => ok
// source: argument: both bytes are written before the writer speaks, one write each
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
    if (fork() == 0) { write(p[1], "1", 1); write(p[1], "2", 1); puts("w"); exit(0); }
    close(p[1]);
    while (read(p[0], &x, 1) == 1) printf("r%c\n", x);
    wait(NULL);
}
