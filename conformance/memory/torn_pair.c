// The parent reads two words in the order in which the child writes them: it may see the new second beside the old first.
// outcome: 0 0 => ok
// outcome: 0 1 => ok
// outcome: 1 0 => ok
// outcome: 1 1 => ok
// source: argument; sequentially consistent atomics
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { word[0] = 1; getppid(); word[1] = 1; _exit(0); }
    int first = word[0];
    getppid();
    int second = word[1];
    printf("%d %d\n", first, second);
    wait(NULL);
}
