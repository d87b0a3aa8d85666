// A child hands its parent a pointer in shared memory; the parent that looks too early follows a null pointer.
// outcome: 5 => ok
// outcome: (nothing) => killed by SIGSEGV
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int **slot = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    static int five = 5;
    if (fork() == 0) { *(int *volatile *)slot = &five; _exit(0); }
    int *seen = *(int *volatile *)slot;
    printf("%d\n", *(volatile int *)seen);
}
