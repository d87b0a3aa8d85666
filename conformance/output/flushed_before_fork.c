// Flushed before fork(2), it is written once.
// outcome: before | c | p => ok
// outcome: before | p | c => ok
// source: argument; fflush(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    puts("before");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) { puts("c"); exit(0); }
    puts("p");
    fflush(stdout);
    waitpid(child, NULL, 0);
}
