// Standard error is turned into standard output: it is not buffered, and comes before what is.
// outcome: error | out => ok
// source: stdio(3), dup2(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    dup2(1, 2);
    if (fork() == 0) { puts("out"); fputs("error\n", stderr); exit(0); }
    wait(NULL);
}
