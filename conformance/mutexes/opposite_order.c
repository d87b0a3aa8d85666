// Two mutexes are locked in opposite order.
// outcome: end => ok
// outcome: (nothing) => deadlock
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
    pthread_mutex_init(m + 1, &shared);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            pthread_mutex_lock(m + i);
            pthread_mutex_lock(m + 1 - i);
            pthread_mutex_unlock(m + 1 - i);
            pthread_mutex_unlock(m + i);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    puts("end");
}
