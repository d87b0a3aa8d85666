// A child that is stopped before it speaks is continued by nobody.
// outcome: c => ok
// outcome: c => deadlock
// outcome: (nothing) => deadlock
// source: argument: waitpid(2) without WUNTRACED does not tell of a stop
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { puts("c"); _exit(0); }
    kill(child, SIGSTOP);
    waitpid(child, NULL, 0);
}
