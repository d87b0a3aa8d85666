// Two processes draw a ticket each, and say it.
// outcome: a 0 | b 1 => ok
// outcome: b 1 | a 0 => ok
// outcome: a 1 | b 0 => ok
// outcome: b 0 | a 1 => ok
// source: argument
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *next = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { printf("%c %d\n", 'a' + i, atomic_fetch_add(next, 1)); exit(0); }
    while (wait(NULL) > 0) continue;
}
