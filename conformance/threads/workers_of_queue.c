// Two threads wait for jobs by a condition variable, and leave when all are given out. Who tells them waits until those who were told before have
// left the condition variable, though it has the mutex that they need.
// outcome: 2 done => ok
// source: argument; pthread_cond_signal(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int jobs, is_over, done;
static void *work(void *name) {
    pthread_mutex_lock(&mutex);
    while (jobs > 0 || !is_over) {
        if (jobs > 0) jobs--, done++;
        else pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, work, NULL);
    pthread_create(&b, NULL, work, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&mutex);
        jobs++;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    is_over = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d done\n", done);
}
