// Peterson's algorithm with sequentially consistent atomics: the two lines of a process stay together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; G. L. Peterson, Myths about the mutual exclusion problem, 1981
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    atomic_int *wants = word, *turn = word + 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            wants[i] = 1;
            *turn = 1 - i;
            while (wants[1 - i] && *turn == 1 - i) sched_yield();
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            wants[i] = 0;
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
