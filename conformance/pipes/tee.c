// tee(2) copies a pipe's byte and leaves it there: both readers get it.
// outcome: x x => ok
// source: tee(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    char first, second;
    pipe(p);
    pipe(q);
    if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
    tee(p[0], q[1], 1, 0);
    read(q[0], &first, 1);
    read(p[0], &second, 1);
    printf("%c %c\n", first, second);
    wait(NULL);
}
