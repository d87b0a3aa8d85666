// Three threads print by printf(3), and what they print is written when the process ends: in the order in which they came to the buffer.
// outcome: a | b | c => ok
// outcome: a | c | b => ok
// outcome: b | a | c => ok
// outcome: b | c | a => ok
// outcome: c | a | b => ok
// outcome: c | b | a => ok
// source: argument; stdio(3), flockfile(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static void *run(void *name) {
    printf("%s\n", (char *)name);
    return NULL;
}
int main(void) {
    char *names[] = {"a", "b", "c"};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, run, names[i]);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}
