// A process that gets a lock is killed at any moment: the next one gets the lock, or waits for ever.
// outcome: got it => ok
// outcome: (nothing) => deadlock
// source: argument; pthread_mutex_lock(3), kill(2)
#include <pthread.h>
#include <signal.h>
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
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(mutex);
        pthread_mutex_unlock(mutex);
        _exit(0);
    }
    kill(child, SIGKILL);
    wait(NULL);
    pthread_mutex_lock(mutex);
    puts("got it");
}
