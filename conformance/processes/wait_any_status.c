// The parent waits for any of two silent children, and says which it was.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) exit(1);
    if (fork() == 0) exit(2);
    wait(&status);
    printf("%d\n", WEXITSTATUS(status));
}
