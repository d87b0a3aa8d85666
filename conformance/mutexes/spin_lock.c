// A spin lock in shared memory keeps the lines of a process together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; pthread_spin_lock(3); it ends under every fair schedule
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_spinlock_t *lock = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_spin_init(lock, PTHREAD_PROCESS_SHARED);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            pthread_spin_lock(lock);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            pthread_spin_unlock(lock);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
