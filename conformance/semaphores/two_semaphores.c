// Two semaphores, taken in opposite order.
// outcome: p0 | p1 | c1 | c0 | end => ok
// outcome: c1 | c0 | p0 | p1 | end => ok
// outcome: p0 | c1 => deadlock
// outcome: c1 | p0 => deadlock
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
    sem_init(s, 1, 1);
    sem_init(s + 1, 1, 1);
    if (fork() == 0) {
        sem_wait(s + 1); puts("c1");
        sem_wait(s); puts("c0");
        sem_post(s); sem_post(s + 1);
        exit(0);
    }
    sem_wait(s); puts("p0");
    sem_wait(s + 1); puts("p1");
    sem_post(s + 1); sem_post(s);
    wait(NULL);
    puts("end");
}
