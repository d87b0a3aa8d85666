// A robust mutex tells the next one that its holder has ended; if the parent was first, it is an ordinary one.
// outcome: ordinary => ok
// outcome: owner dead => ok
// source: argument; pthread_mutexattr_setrobust(3)
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pthread_mutex_t *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t shared;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(m, &shared);
    pid_t child = fork();
    if (child == 0) { pthread_mutex_lock(m); _exit(0); }
    int answer = pthread_mutex_lock(m);
    if (answer == EOWNERDEAD) pthread_mutex_consistent(m);
    pthread_mutex_unlock(m);
    waitpid(child, NULL, 0);
    puts(answer == 0 ? "ordinary" : answer == EOWNERDEAD ? "owner dead" : "?");
}
