// A mutex in shared memory keeps the lines of a process together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; pthread_mutexattr_setpshared(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_mutex_t *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(m, &shared);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            pthread_mutex_lock(m);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            pthread_mutex_unlock(m);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
