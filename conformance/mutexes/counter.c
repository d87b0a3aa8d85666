// Under a mutex no update is lost.
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared { pthread_mutex_t mutex; volatile int counter; };
int main(void) {
    struct shared *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&s->mutex, &shared);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            pthread_mutex_lock(&s->mutex);
            s->counter = s->counter + 1;
            pthread_mutex_unlock(&s->mutex);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    printf("%d\n", s->counter);
}
