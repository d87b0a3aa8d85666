// Of three children, the parent looks once whether any has ended, and then waits for any: it may be told of the last before the first.
// outcome: 0 1 => ok
// outcome: 0 2 => ok
// outcome: 0 3 => ok
// outcome: 1 2 => ok
// outcome: 1 3 => ok
// outcome: 2 1 => ok
// outcome: 2 3 => ok
// outcome: 3 1 => ok
// outcome: 3 2 => ok
// source: argument; waitpid(2) with WNOHANG
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int first = 0, second = 0;
    for (int i = 1; i <= 3; i++)
        if (fork() == 0) _exit(i);
    if (waitpid(-1, &first, WNOHANG) == 0) first = 0;
    wait(&second);
    printf("%d %d\n", WEXITSTATUS(first), WEXITSTATUS(second));
}
