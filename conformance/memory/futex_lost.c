// A wake without a change of the word: who comes later to wait is not woken.
// outcome: woken => ok
// outcome: (nothing) => deadlock
// source: argument; futex(2)
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL); _exit(0); }
    if (syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL) == 0) puts("woken");
    wait(NULL);
}
