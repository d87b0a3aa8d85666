// A semaphore is not given back by a killed holder: the next one waits for ever.
// outcome: (nothing) => deadlock
// source: sem_overview(7)
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(s, 1, 1);
    if (fork() == 0) { sem_wait(s); raise(SIGKILL); }
    wait(NULL);
    sem_wait(s);
    puts("got");
}
