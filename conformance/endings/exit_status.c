// The first process ends with its child's status.
// outcome: child => exit 7
// source: exit(3), waitpid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { puts("child"); exit(7); }
    wait(&status);
    return WEXITSTATUS(status);
}
