// Two processes use up one number; who divides by what is left may divide by nothing.
// outcome: 10 => ok
// outcome: (nothing) => killed by SIGFPE
// source: argument: an integer division by zero is a fault on x86, which is what this is for
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    volatile int *left = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *left = 1;
    if (fork() == 0) { *left = 0; _exit(0); }
    printf("%d\n", 10 / *left);
}
