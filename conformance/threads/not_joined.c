// main returns without joining: the thread speaks, or is gone before.
// outcome: m => ok
// outcome: m | t => ok
// outcome: t | m => ok
// source: argument; exit(3) ends all threads
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *run(void *name) { write(1, "t\n", 2); return NULL; }
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    write(1, "m\n", 2);
    _exit(0);
}
