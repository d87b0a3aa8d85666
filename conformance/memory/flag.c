// The parent looks at a flag that its child sets.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *flag = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { *flag = 1; _exit(0); }
    printf("%d\n", *flag);
    wait(NULL);
}
