// Another process looks into a mutex while it is being locked: who holds it is written there after it is locked.
// outcome: 0 0 => ok
// outcome: 0 1 => ok
// outcome: 1 0 => ok
// outcome: 1 1 => ok
// source: argument; pthread_mutex_lock(3), glibc's struct __pthread_mutex_s
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_mutex_t *mutex = mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(mutex, &shared);
    if (fork() == 0) {
        pthread_mutex_lock(mutex);
        _exit(0);
    }
    volatile int *inside = (volatile int *)mutex;
    int is_locked = inside[0] != 0, has_owner = inside[2] != 0;
    wait(NULL);
    printf("%d %d\n", is_locked, has_owner);
}
