// The second child is made only after the first has ended.
// outcome: a | b => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a = fork();
    if (a == 0) { puts("a"); exit(0); }
    waitpid(a, NULL, 0);
    pid_t b = fork();
    if (b == 0) { puts("b"); exit(0); }
    waitpid(b, NULL, 0);
}
