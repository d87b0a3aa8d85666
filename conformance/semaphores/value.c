// The value of a semaphore, while one process posts twice.
// outcome: 0 => ok
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; sem_getvalue(3)
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int value;
    sem_init(s, 1, 0);
    if (fork() == 0) { sem_post(s); sem_post(s); _exit(0); }
    sem_getvalue(s, &value);
    printf("%d\n", value);
    wait(NULL);
}
