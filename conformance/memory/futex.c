// A wait on a word that is still zero, and a wake after it was set: no wake-up is lost.
// outcome: c | p => ok
// source: argument; futex(2)
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { puts("c"); *word = 1; syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL); exit(0); }
    while (*word == 0) syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL);
    puts("p");
    wait(NULL);
}
