// Main makes a condition true and tells of it without the mutex: the thread may have looked already, and not wait yet.
// outcome: t | m => ok
// outcome: (nothing) => deadlock
// source: argument; pthread_cond_signal(3): "If no threads are waiting on cond, nothing happens"
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static volatile int ready;
static void *run(void *name) {
    pthread_mutex_lock(&mutex);
    while (!ready) pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    write(1, "t\n", 2);
    return NULL;
}
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    ready = 1;
    pthread_cond_signal(&changed);
    pthread_join(thread, NULL);
    write(1, "m\n", 2);
}
