// Thread and main both end the process, each with its own status.
// outcome: (nothing) => exit 1
// outcome: (nothing) => exit 2
// source: argument; exit_group(2)
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *run(void *name) { _exit(1); }
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    _exit(2);
}
