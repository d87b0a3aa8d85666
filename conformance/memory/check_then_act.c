// Two buyers look for the last ticket and then take it, without a lock: both may be told that they have it.
// outcome: left 0 => ok
// outcome: left -1 => ok
// source: argument: the subtraction is atomic, the look before it is not
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *left = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *left = 1;
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { if (*left > 0) { getppid(); atomic_fetch_sub(left, 1); } _exit(0); }
    while (wait(NULL) > 0) continue;
    printf("left %d\n", *left);
}
