// Each stores and then looks at what the other has stored: a processor may let the look come first, and both see nothing.
// outcome: 0 0 => ok
// outcome: 0 1 => ok
// outcome: 1 0 => ok
// outcome: 1 1 => ok
// source: Intel, Software Developer's Manual, volume 3, "Memory Ordering"
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile int *a = shared, *b = shared + 16, *seen = shared + 32;
    if (fork() == 0) { *a = 1; *seen = *b; _exit(0); }
    *b = 1;
    int mine = *a;
    wait(NULL);
    printf("%d %d\n", mine, *seen);
}
