// main joins its thread before it speaks: one order.
// outcome: t | m => ok
// source: pthread_join(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *run(void *name) { write(1, "t\n", 2); return NULL; }
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    write(1, "m\n", 2);
}
