// Two children load, say so, and store one more: both updates, or one.
// outcome: a | b | 1 => ok
// outcome: b | a | 1 => ok
// outcome: a | b | 2 => ok
// outcome: b | a | 2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *counter = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { int seen = *counter; printf("%c\n", 'a' + i); *counter = seen + 1; exit(0); }
    while (wait(NULL) > 0) continue;
    printf("%d\n", *counter);
}
