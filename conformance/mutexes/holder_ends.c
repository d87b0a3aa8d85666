// The holder of a plain mutex ends: who wants it after that waits for ever.
// outcome: end => ok
// outcome: (nothing) => deadlock
// source: argument: only if the parent is first do both get it
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
    pid_t child = fork();
    if (child == 0) { pthread_mutex_lock(m); _exit(0); }
    pthread_mutex_lock(m);
    pthread_mutex_unlock(m);
    waitpid(child, NULL, 0);
    puts("end");
}
