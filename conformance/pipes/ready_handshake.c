// A child says by a pipe that it is ready, and then speaks; its parent speaks as soon as it hears that.
// outcome: child | parent => ok
// outcome: parent | child => ok
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
    if (fork() == 0) { write(p[1], "x", 1); puts("child"); exit(0); }
    read(p[0], &x, 1);
    puts("parent");
    wait(NULL);
}
