// A wait without looking first: the wake-up may have come before.
// outcome: p => ok
// outcome: (nothing) => deadlock
// source: argument; pthread_cond_wait(3); a wake-up without a reason is allowed by the standard, and glibc gives none here
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared { pthread_mutex_t mutex; pthread_cond_t changed; };
int main(void) {
    struct shared *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&s->mutex, &mutex);
    pthread_condattr_init(&condition);
    pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&s->changed, &condition);
    if (fork() == 0) {
        pthread_mutex_lock(&s->mutex);
        pthread_cond_signal(&s->changed);
        pthread_mutex_unlock(&s->mutex);
        _exit(0);
    }
    pthread_mutex_lock(&s->mutex);
    pthread_cond_wait(&s->changed, &s->mutex);
    pthread_mutex_unlock(&s->mutex);
    puts("p");
    wait(NULL);
}
