// The same by one instruction that loads and stores, but does not lock: another processor can come in between.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; Intel, Software Developer's Manual, volume 3, "Locked Atomic Operations"
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
#ifdef __x86_64__
            __asm__ volatile("addl $1, (%0)" : : "r"(count) : "memory", "cc");
#else
            ++*(volatile int *)count;
#endif
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    printf("%d\n", *(volatile int *)count);
}
