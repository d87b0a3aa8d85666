// Private memory is copied by fork: the child's store stays its own.
// outcome: 0 => ok
// source: mmap(2), MAP_PRIVATE
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *number = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { *number = 1; _exit(0); }
    wait(NULL);
    printf("%d\n", *number);
}
