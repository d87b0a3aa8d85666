// Shared memory is put into the page table beforehand, which changes nothing of who comes first.
// outcome: 0 0 => ok
// outcome: 0 1 => ok
// source: argument; madvise(2), MADV_POPULATE_WRITE
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

int main(void) {
    volatile int *shared = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { shared[0] = 1; _exit(0); }
    int failed = madvise((void *)shared, 8192, MADV_POPULATE_WRITE);
    int seen = shared[0];
    printf("%d %d\n", failed, seen);
    wait(0);
}
