// A semaphore is waited for until a time that is past: it is there, or there is no waiting.
// outcome: ETIMEDOUT => ok
// outcome: taken => ok
// source: argument; sem_timedwait(3)
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec past = {1, 0};
    sem_t *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(s, 1, 0);
    if (fork() == 0) { sem_post(s); _exit(0); }
    puts(sem_timedwait(s, &past) == 0 ? "taken" : "ETIMEDOUT");
    wait(NULL);
}
