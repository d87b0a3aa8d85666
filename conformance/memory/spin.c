// The parent spins until its child has set a flag; the child spoke before that.
// outcome: child | parent => ok
// source: argument; it ends under every fair schedule
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *flag = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { puts("child"); *flag = 1; exit(0); }
    while (!*flag) continue;
    puts("parent");
    wait(NULL);
}
