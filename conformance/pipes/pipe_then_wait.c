// The parent hears of one child by a pipe, and then waits for the other.
// outcome: b | got => ok
// outcome: got | b => ok
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
    pid_t b = fork();
    if (b == 0) { puts("b"); exit(0); }
    if (fork() == 0) { write(p[1], "x", 1); exit(0); }
    read(p[0], &x, 1);
    puts("got");
    waitpid(b, NULL, 0);
}
