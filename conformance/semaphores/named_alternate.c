// Two semaphores by name make two processes take turns.
// outcome: tick | tock | tick | tock => ok
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
    sem_unlink("/conformance-tick");
    sem_unlink("/conformance-tock");
    sem_t *tick = sem_open("/conformance-tick", O_CREAT | O_EXCL, 0600, 1);
    sem_t *tock = sem_open("/conformance-tock", O_CREAT | O_EXCL, 0600, 0);
    if (fork() == 0) {
        for (int i = 0; i < 2; i++) { sem_wait(tock); puts("tock"); sem_post(tick); }
        exit(0);
    }
    for (int i = 0; i < 2; i++) { sem_wait(tick); puts("tick"); sem_post(tock); }
    wait(NULL);
    sem_unlink("/conformance-tick");
    sem_unlink("/conformance-tock");
}
