// Three children end; the parent hears of them in any order.
// outcome: 1 | 2 | 3 => ok
// outcome: 1 | 3 | 2 => ok
// outcome: 2 | 1 | 3 => ok
// outcome: 2 | 3 | 1 => ok
// outcome: 3 | 1 | 2 => ok
// outcome: 3 | 2 | 1 => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i <= 3; i++)
        if (fork() == 0) exit(i);
    while (wait(&status) > 0) printf("%d\n", WEXITSTATUS(status));
}
