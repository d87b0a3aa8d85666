// A mutex that checks for errors: only its owner unlocks it, and it is not locked twice.
// outcome: EPERM | EDEADLK => ok
// source: pthread_mutexattr_settype(3p)
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
    pthread_mutexattr_settype(&shared, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(m, &shared);
    pthread_mutex_lock(m);
    if (fork() == 0) { if (pthread_mutex_unlock(m) == EPERM) puts("EPERM"); exit(0); }
    wait(NULL);
    if (pthread_mutex_lock(m) == EDEADLK) puts("EDEADLK");
}
