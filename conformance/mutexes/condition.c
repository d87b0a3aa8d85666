// The parent waits for a condition that the child makes true, with a loop and a mutex: no wake-up is lost.
// outcome: c | p => ok
// source: argument; pthread_cond_wait(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared { pthread_mutex_t mutex; pthread_cond_t changed; int ready; };
int main(void) {
    struct shared *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&s->mutex, &mutex);
    pthread_condattr_init(&condition);
    pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&s->changed, &condition);
    if (fork() == 0) {
        puts("c");
        pthread_mutex_lock(&s->mutex);
        s->ready = 1;
        pthread_cond_signal(&s->changed);
        pthread_mutex_unlock(&s->mutex);
        exit(0);
    }
    pthread_mutex_lock(&s->mutex);
    while (!s->ready) pthread_cond_wait(&s->changed, &s->mutex);
    pthread_mutex_unlock(&s->mutex);
    puts("p");
    wait(NULL);
}
