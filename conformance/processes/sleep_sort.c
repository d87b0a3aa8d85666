// Two children sleep for different times, and then speak: a sleep is no order.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { usleep(3000); puts("a"); exit(0); }
    if (fork() == 0) { usleep(6000); puts("b"); exit(0); }
    while (wait(NULL) > 0) continue;
}
