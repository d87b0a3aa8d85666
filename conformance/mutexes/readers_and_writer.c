// A lock for readers and writers in shared memory: two readers may be in together, the writer is alone.
// outcome: (r | r) | w => ok
// outcome: w | (r | r) => ok
// source: argument: the parent holds the lock for reading while its child reads too; the writer comes before both or after both
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_rwlock_t *lock = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_rwlockattr_t shared;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pthread_rwlockattr_init(&shared);
    pthread_rwlockattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_rwlock_init(lock, &shared);
    pid_t writer = fork();
    if (writer == 0) { pthread_rwlock_wrlock(lock); puts("w"); pthread_rwlock_unlock(lock); exit(0); }
    pthread_rwlock_rdlock(lock);
    puts("(r");
    pid_t reader = fork();
    if (reader == 0) { pthread_rwlock_rdlock(lock); puts("r)"); pthread_rwlock_unlock(lock); exit(0); }
    waitpid(reader, NULL, 0);
    pthread_rwlock_unlock(lock);
    waitpid(writer, NULL, 0);
}
