// A full buffer keeps two lines together that a child says one by one: standard output is no terminal.
// outcome: 1 | 2 | x => ok
// outcome: x | 1 | 2 => ok
// source: argument; setvbuf(3): a fully buffered stream is written with one write(2) when exit(3) closes it
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) { puts("1"); puts("2"); exit(0); }
    write(1, "x\n", 2);
    waitpid(child, NULL, 0);
}
