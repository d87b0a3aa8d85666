// Two threads look under a mutex whether one is left, and take it under the mutex, but let go of that in between.
// outcome: 0 => ok
// outcome: -1 => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int left = 1;
static void *run(void *name) {
    pthread_mutex_lock(&mutex);
    int is_left = left > 0;
    pthread_mutex_unlock(&mutex);
    if (is_left) {
        pthread_mutex_lock(&mutex);
        left--;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, run, NULL);
    pthread_create(&b, NULL, run, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d\n", left);
}
