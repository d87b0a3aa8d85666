// Two processes read a counter in anonymous shared memory, say what they read, and write one more.
// outcome: c0 | p0 | 1 => ok
// outcome: p0 | c0 | 1 => ok
// outcome: c0 | p1 | 2 => ok
// outcome: p0 | c1 | 2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *counter = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int seen;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { seen = *counter; printf("c%d\n", seen); *counter = seen + 1; exit(0); }
    seen = *counter;
    printf("p%d\n", seen);
    *counter = seen + 1;
    wait(NULL);
    printf("%d\n", *counter);
}
