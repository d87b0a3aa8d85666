// A barrier for three, and only two come.
// outcome: a | b => deadlock
// outcome: b | a => deadlock
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_barrier_t *barrier = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_barrierattr_t shared;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(barrier, &shared, 3);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { printf("%c\n", 'a' + i); pthread_barrier_wait(barrier); exit(0); }
    while (wait(NULL) > 0) continue;
}
