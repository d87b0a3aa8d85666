// main ends itself with pthread_exit(3): the process lives on until its thread has ended.
// outcome: m | t => ok
// outcome: t | m => ok
// source: pthread_exit(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *run(void *name) { write(1, "t\n", 2); return NULL; }
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    write(1, "m\n", 2);
    pthread_exit(NULL);
}
