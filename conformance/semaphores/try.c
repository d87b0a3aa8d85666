// sem_trywait(3) takes a token if one is there.
// outcome: got => ok
// outcome: none => ok
// source: argument; sem_trywait(3)
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(s, 1, 0);
    if (fork() == 0) { sem_post(s); _exit(0); }
    puts(sem_trywait(s) == 0 ? "got" : "none");
    wait(NULL);
}
