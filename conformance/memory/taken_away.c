// madvise(2) with MADV_REMOVE takes shared memory away from all who have it: what is loaded then is nothing.
// outcome: 7 => ok
// outcome: 0 => ok
// source: argument; madvise(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *shared = 7;
    if (fork() == 0) { madvise((void *)shared, 4096, MADV_REMOVE); _exit(0); }
    printf("%d\n", *shared);
    wait(NULL);
}
