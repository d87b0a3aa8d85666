// A thread takes a mutex if nobody has it; main has it for a moment.
// outcome: got => ok
// outcome: busy => ok
// source: argument; pthread_mutex_trylock(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *run(void *name) {
    if (pthread_mutex_trylock(&mutex) == 0) {
        puts("got");
        pthread_mutex_unlock(&mutex);
    } else {
        puts("busy");
    }
    return NULL;
}
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
}
