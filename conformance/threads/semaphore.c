// A thread posts before it speaks; main waits for the post.
// outcome: t | m => ok
// outcome: m | t => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t ready;
static void *run(void *name) { sem_post(&ready); write(1, "t\n", 2); return NULL; }
int main(void) {
    pthread_t thread;
    sem_init(&ready, 0, 0);
    pthread_create(&thread, NULL, run, NULL);
    sem_wait(&ready);
    write(1, "m\n", 2);
    pthread_join(thread, NULL);
}
