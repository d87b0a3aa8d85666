// A thread waits for a child that main has made.
// outcome: c | t | m => ok
// source: argument; wait(2): the children of a process are those of all its threads
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *run(void *name) { if (wait(NULL) > 0) write(1, "t\n", 2); return NULL; }
int main(void) {
    pthread_t thread;
    if (fork() == 0) { write(1, "c\n", 2); _exit(0); }
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    write(1, "m\n", 2);
}
