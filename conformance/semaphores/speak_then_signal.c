// The child speaks and posts; the parent waits and speaks: one order.
// outcome: c | p => ok
// source: argument
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    sem_init(s, 1, 0);
    if (fork() == 0) { puts("c"); sem_post(s); exit(0); }
    sem_wait(s);
    puts("p");
    wait(NULL);
}
