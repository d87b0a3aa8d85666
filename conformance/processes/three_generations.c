// Each generation speaks and then waits for the next; the youngest may speak at any time after its birth.
// outcome: 1 | 2 | 3 | 2 ends | 1 ends => ok
// source: argument: each speaks before it forks
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("1");
    if (fork() == 0) {
        puts("2");
        if (fork() == 0) { puts("3"); exit(0); }
        wait(NULL);
        puts("2 ends");
        exit(0);
    }
    wait(NULL);
    puts("1 ends");
}
