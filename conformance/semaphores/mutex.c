// A semaphore of one keeps the lines of a process together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; sem_wait(3)
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    sem_init(s, 1, 1);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            sem_wait(s);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            sem_post(s);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
