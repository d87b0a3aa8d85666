// A thread is cancelled and then given what it waits for: it looks first whether it is cancelled, or is cancelled where it waits.
// outcome: cancelled => ok
// source: argument; pthread_cancel(3), pthreads(7) "Cancellation points"
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static sem_t semaphore;
static void *run(void *name) {
    sem_wait(&semaphore);
    return NULL;
}
int main(void) {
    pthread_t thread;
    void *result;
    sem_init(&semaphore, 0, 0);
    pthread_create(&thread, NULL, run, NULL);
    pthread_cancel(thread);
    sem_post(&semaphore);
    pthread_join(thread, &result);
    puts(result == PTHREAD_CANCELED ? "cancelled" : "got");
}
