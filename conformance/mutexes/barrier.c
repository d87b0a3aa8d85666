// Two processes meet at a barrier: both have said their first line before either says its second.
// outcome: a1 | b1 | a2 | b2 => ok
// outcome: a1 | b1 | b2 | a2 => ok
// outcome: b1 | a1 | a2 | b2 => ok
// outcome: b1 | a1 | b2 | a2 => ok
// source: argument; pthread_barrier_wait(3p)
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
    pthread_barrier_init(barrier, &shared, 2);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            printf("%c1\n", 'a' + i);
            pthread_barrier_wait(barrier);
            printf("%c2\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
