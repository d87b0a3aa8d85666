// The wake-up comes between the look at the flag and the wait, and is lost.
// outcome: seen => ok
// outcome: (nothing) => deadlock
// source: argument; futex(2)
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *flag = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile int *word = flag + 16;
    if (fork() == 0) {
        *flag = 1;
        syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL);
        _exit(0);
    }
    while (!*flag) syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL);
    puts("seen");
    wait(NULL);
}
