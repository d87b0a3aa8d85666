// A wait with a time-out against a post.
// outcome: got => ok
// outcome: ETIMEDOUT => ok
// time: any
// source: argument; sem_timedwait(3)
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct timespec end;
    sem_init(s, 1, 0);
    if (fork() == 0) { sem_post(s); _exit(0); }
    clock_gettime(CLOCK_REALTIME, &end);
    if ((end.tv_nsec += 500000) >= 1000000000) { end.tv_nsec -= 1000000000; end.tv_sec++; }
    puts(sem_timedwait(s, &end) == 0 ? "got" : errno == ETIMEDOUT ? "ETIMEDOUT" : "?");
    wait(NULL);
}
