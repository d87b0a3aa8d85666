// The child locks a robust mutex, says so and ends; the parent tries it: it is free, held, or its holder is dead.
// outcome: free | locked => ok
// outcome: held | locked => ok
// outcome: locked | held => ok
// outcome: locked | owner dead => ok
// source: argument; pthread_mutexattr_setrobust(3)
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
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
    if (fork() == 0) {
        pthread_mutex_lock(m);
        puts("locked");
        _exit(0);
    }
    int answer = pthread_mutex_trylock(m);
    puts(answer == 0 ? "free" : answer == EBUSY ? "held" : answer == EOWNERDEAD ? "owner dead" : "?");
    if (answer == EOWNERDEAD) pthread_mutex_consistent(m);
    if (answer != EBUSY) pthread_mutex_unlock(m);
    wait(NULL);
}
