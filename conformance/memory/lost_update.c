// Two processes load, add one, and store, without a call in between: one of the two may be lost.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { int seen = *count; *count = seen + 1; _exit(0); }
    while (wait(NULL) > 0) continue;
    printf("%d\n", *count);
}
