// A process counts under a spinlock which another one only tries to get, once, and counts if it did.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; pthread_spin_lock(3)
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    pthread_spinlock_t lock;
    int count;
};

int main(void) {
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_spin_init(&shared->lock, PTHREAD_PROCESS_SHARED);
    if (fork() == 0) {
        pthread_spin_lock(&shared->lock);
        shared->count++;
        pthread_spin_unlock(&shared->lock);
        _exit(0);
    }
    if (pthread_spin_trylock(&shared->lock) == 0) {
        shared->count++;
        pthread_spin_unlock(&shared->lock);
    }
    wait(NULL);
    printf("%d\n", shared->count);
}
