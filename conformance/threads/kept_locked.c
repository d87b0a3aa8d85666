// A thread ends and has not unlocked what main locks next; or main was first.
// outcome: m => ok
// outcome: (nothing) => deadlock
// source: argument; pthread_mutex_lock(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *run(void *name) {
    pthread_mutex_lock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    write(1, "m\n", 2);
    pthread_join(thread, NULL);
}
