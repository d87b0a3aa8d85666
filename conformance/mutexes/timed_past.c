// A mutex is waited for until a time that is past, while another process has it for a moment.
// outcome: ETIMEDOUT => ok
// outcome: locked => ok
// source: argument; pthread_mutex_timedlock(3)
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec past = {1, 0};
    pthread_mutexattr_t shared;
    pthread_mutex_t *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(m, &shared);
    if (fork() == 0) { pthread_mutex_lock(m); pthread_mutex_unlock(m); _exit(0); }
    int got = pthread_mutex_timedlock(m, &past) == 0;
    puts(got ? "locked" : "ETIMEDOUT");
    if (got) pthread_mutex_unlock(m);
    wait(NULL);
}
