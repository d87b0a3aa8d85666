// A word that crosses the end of a cache line is stored in two parts, and loaded in two.
// outcome: 0 => ok
// outcome: ffffffffffffffff => ok
// outcome: ffffffff => ok
// outcome: ffffffff00000000 => ok
// source: Intel, Software Developer's Manual, volume 3, "Guaranteed Atomic Operations"; the torn ones were seen in plain runs
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile uint64_t *word = (void *)(page + 60);
    if (fork() == 0) { *word = UINT64_MAX; _exit(0); }
    uint64_t seen = *word;
    wait(NULL);
    printf("%lx\n", seen);
}
