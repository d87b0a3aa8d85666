// Two take a semaphore by turns, and one of them is forked only once a third process has said so: it may be the first all the same.
// outcome: q | c => ok
// outcome: c | q => ok
// source: argument
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int y[2];
    char t;
    pid_t q, z, c;
    sem_t *s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(s, 1, 1);
    pipe(y);
    if (!(q = fork())) {
        sem_wait(s);
        printf("q\n");
        sem_post(s);
        exit(0);
    }
    if (!(z = fork())) { write(y[1], "y", 1); exit(0); }
    read(y[0], &t, 1);
    if (!(c = fork())) {
        sem_wait(s);
        printf("c\n");
        sem_post(s);
        exit(0);
    }
}
