// Two threads read, and may do so at the same time; one writes in between, before or after.
// outcome: 0 0 => ok
// outcome: 0 1 => ok
// outcome: 1 0 => ok
// outcome: 1 1 => ok
// source: argument; pthread_rwlock_rdlock(3p)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int value, read_by[2];
static void *reads(void *number) {
    pthread_rwlock_rdlock(&lock);
    read_by[(long)number] = value;
    pthread_rwlock_unlock(&lock);
    return NULL;
}
static void *writes(void *name) {
    pthread_rwlock_wrlock(&lock);
    value = 1;
    pthread_rwlock_unlock(&lock);
    return NULL;
}
int main(void) {
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, reads, (void *)0);
    pthread_create(&threads[1], NULL, reads, (void *)1);
    pthread_create(&threads[2], NULL, writes, NULL);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    printf("%d %d\n", read_by[0], read_by[1]);
}
