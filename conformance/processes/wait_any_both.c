// The parent waits twice for any child and says each time which it was; the children say nothing.
// outcome: 1 | 2 => ok
// outcome: 2 | 1 => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) exit(i);
    while (wait(&status) > 0) printf("%d\n", WEXITSTATUS(status));
}
