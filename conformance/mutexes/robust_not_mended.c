// Unlocked without being made consistent, a robust mutex is of no use to anybody any more.
// outcome: owner dead | not recoverable => ok
// source: pthread_mutex_consistent(3)
#define _GNU_SOURCE
#include <errno.h>
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
    pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(m, &shared);
    if (fork() == 0) { pthread_mutex_lock(m); _exit(0); }
    wait(NULL);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            int answer = pthread_mutex_lock(m);
            puts(answer == EOWNERDEAD ? "owner dead" : answer == ENOTRECOVERABLE ? "not recoverable" : "?");
            if (answer == EOWNERDEAD) pthread_mutex_unlock(m);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
