// A mutex keeps the lines of a thread together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *run(void *name) {
    char text[3] = {*(char *)name, '1', '\n'};
    pthread_mutex_lock(&mutex);
    write(1, text, 3);
    text[1] = '2';
    write(1, text, 3);
    pthread_mutex_unlock(&mutex);
    return NULL;
}
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, run, "a");
    pthread_create(&b, NULL, run, "b");
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
