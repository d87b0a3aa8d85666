// A bit is set that is set already, while another process sets another bit: the store of the old value undoes that.
// outcome: 1 => ok
// outcome: 3 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *bits = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *bits = 1;
    if (fork() == 0) { *bits |= 1; _exit(0); }
    *bits |= 2;
    wait(NULL);
    printf("%d\n", *bits);
}
