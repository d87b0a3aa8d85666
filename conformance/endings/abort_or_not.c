// The last line is the same; one order aborts after it.
// outcome: done => ok
// outcome: done => killed by SIGABRT
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) _exit(0);
    pid_t seen = waitpid(child, NULL, WNOHANG);
    puts("done");
    if (seen == 0) abort();
}
