// A thread and main say a line each.
// outcome: t | m => ok
// outcome: m | t => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *run(void *name) { write(1, "t\n", 2); return NULL; }
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    write(1, "m\n", 2);
    pthread_join(thread, NULL);
}
