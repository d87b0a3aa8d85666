// Two threads load, ask for something, and store one more.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static volatile int counter;
static void *run(void *name) { int seen = counter; getppid(); counter = seen + 1; return NULL; }
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, run, NULL);
    pthread_create(&b, NULL, run, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d\n", counter);
}
