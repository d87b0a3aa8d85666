// Two threads print two lines each, and flush them: a stream is for one thread at a time, so each line is whole.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: a1 | b1 | a2 | b2 => ok
// outcome: a1 | b1 | b2 | a2 => ok
// outcome: b1 | a1 | a2 | b2 => ok
// outcome: b1 | a1 | b2 | a2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; flockfile(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static void *run(void *name) {
    for (int i = 1; i <= 2; i++) {
        printf("%s%d\n", (char *)name, i);
        fflush(stdout);
    }
    return NULL;
}
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, run, "a");
    pthread_create(&b, NULL, run, "b");
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
