// A look at a child that does not wait: it has ended, or it is still running.
// outcome: ended => ok
// outcome: running => ok
// source: argument; waitpid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) _exit(0);
    puts(waitpid(child, NULL, WNOHANG) == child ? "ended" : "running");
}
