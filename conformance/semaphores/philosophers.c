// Two philosophers, each takes the own fork first.
// outcome: a eats | b eats => ok
// outcome: b eats | a eats => ok
// outcome: (nothing) => deadlock
// source: argument; OSTEP 31
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *f = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    sem_init(f, 1, 1); sem_init(f + 1, 1, 1);
    for (int i = 0; i < 2; i++) if (fork() == 0) {
        sem_wait(f + i); sem_wait(f + 1 - i);
        printf("%c eats\n", 'a' + i);
        sem_post(f + 1 - i); sem_post(f + i);
        exit(0);
    }
    while (wait(NULL) > 0) continue;
}
