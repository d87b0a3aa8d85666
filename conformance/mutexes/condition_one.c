// pthread_cond_signal(3) where two may wait: if both do, one of them waits for ever.
// outcome: a | b => ok
// outcome: b | a => ok
// outcome: a => deadlock
// outcome: b => deadlock
// source: argument: who comes after the change does not wait at all
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
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            pthread_mutex_lock(&s->mutex);
            while (!s->ready) pthread_cond_wait(&s->changed, &s->mutex);
            printf("%c\n", 'a' + i);
            pthread_mutex_unlock(&s->mutex);
            exit(0);
        }
    pthread_mutex_lock(&s->mutex);
    s->ready = 1;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->mutex);
    while (wait(NULL) > 0) continue;
}
