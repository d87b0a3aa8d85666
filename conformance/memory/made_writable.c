// Anonymous shared memory that nobody may write to when it is made; after fork, both give themselves the right to.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *word = mmap(0, 4096, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int is_child = fork() == 0, seen;
    mprotect((void *)word, 4096, PROT_READ | PROT_WRITE);
    if (is_child) { *word = 1; exit(0); }
    getppid();
    seen = *word;
    printf("%d\n", seen);
    wait(NULL);
}
