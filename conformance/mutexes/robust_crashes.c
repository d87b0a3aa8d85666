// The holder of a robust mutex dies of a fault: whoever wants it after that is told that its holder is gone.
// outcome: EOWNERDEAD => ok
// source: pthread_mutexattr_setrobust(3), get_robust_list(2)
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_mutexattr_t robust;
    pthread_mutex_t *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(m, &robust);
    if (fork() == 0) { pthread_mutex_lock(m); *(volatile int *)NULL = 1; }
    wait(NULL);
    puts(pthread_mutex_lock(m) == EOWNERDEAD ? "EOWNERDEAD" : "locked");
}
