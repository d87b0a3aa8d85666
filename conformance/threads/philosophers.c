// Three philosophers each take the fork on the left, then the one on the right: all have eaten in the end, or each has one fork.
// outcome: end => ok
// outcome: (nothing) => deadlock
// source: argument; E. W. Dijkstra, EWD 310
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

enum { N = 3 };
static pthread_mutex_t forks[N] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static void *run(void *number) {
    long left = (long)number, right = (left + 1) % N;
    pthread_mutex_lock(&forks[left]);
    pthread_mutex_lock(&forks[right]);
    pthread_mutex_unlock(&forks[right]);
    pthread_mutex_unlock(&forks[left]);
    return NULL;
}
int main(void) {
    pthread_t threads[N];
    for (long i = 0; i < N; i++) pthread_create(&threads[i], NULL, run, (void *)i);
    for (int i = 0; i < N; i++) pthread_join(threads[i], NULL);
    puts("end");
}
