// A semaphore by name: whoever takes its one token says so; the other finds none.
// outcome: a => ok
// outcome: b => ok
// source: argument; sem_open(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    sem_unlink("/conformance-named");
    sem_t *s = sem_open("/conformance-named", O_CREAT | O_EXCL, 0600, 1);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { if (sem_trywait(s) == 0) printf("%c\n", 'a' + i); exit(0); }
    while (wait(NULL) > 0) continue;
    sem_unlink("/conformance-named");
}
