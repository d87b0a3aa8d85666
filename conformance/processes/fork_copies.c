// Memory is copied by fork: what the child adds, the parent does not see, and the other way round.
// outcome: child 11 | parent 20 => ok
// outcome: parent 20 | child 11 => ok
// source: argument; fork(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int number = 10;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { number += 1; printf("child %d\n", number); exit(0); }
    number += 10;
    printf("parent %d\n", number);
    waitpid(child, NULL, 0);
}
