// The same by an atomic operation: nothing is lost.
// outcome: 2 => ok
// source: C11, 7.17.7.5
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    _Atomic int *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { ++*count; _exit(0); }
    while (wait(NULL) > 0) continue;
    printf("%d\n", *count);
}
