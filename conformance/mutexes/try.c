// pthread_mutex_trylock(3): the child has the mutex for a moment.
// outcome: locked => ok
// outcome: EBUSY => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_mutex_t *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(m, &shared);
    if (fork() == 0) { pthread_mutex_lock(m); getppid(); pthread_mutex_unlock(m); _exit(0); }
    int answer = pthread_mutex_trylock(m);
    if (answer == 0) pthread_mutex_unlock(m);
    puts(answer == 0 ? "locked" : "EBUSY");
    wait(NULL);
}
