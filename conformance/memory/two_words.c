// The child sets two words one after the other; the parent reads the second first: if it sees that, it sees the first too.
// outcome: 0 0 => ok
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
    if (fork() == 0) { word[0] = 1; word[1] = 1; _exit(0); }
    int second = word[1];
    getppid();
    int first = word[0];
    printf("%d %d\n", first, second);
    wait(NULL);
}
