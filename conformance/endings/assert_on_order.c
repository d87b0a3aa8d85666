// Two processes draw a number; the parent aborts when it was the first.
// outcome: c0 => ok
// outcome: c1 => killed by SIGABRT
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
    if (fork() == 0) { printf("c%d\n", atomic_fetch_add(next, 1)); exit(0); }
    int mine = atomic_fetch_add(next, 1);
    wait(NULL);
    if (mine == 0) abort();
}
