// The parent waits for any of two children, then speaks.
// outcome: b | d | w => ok
// outcome: b | w | d => ok
// outcome: d | b | w => ok
// outcome: d | w | b => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { puts("b"); exit(0); }
    if (fork() == 0) { puts("d"); exit(0); }
    wait(NULL);
    puts("w");
}
