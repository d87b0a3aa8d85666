// The child waits for a semaphore for a while, and is sent a signal before, meanwhile or after that.
// outcome: handled | timed out => ok
// outcome: handled | interrupted => ok
// outcome: timed out | handled => ok
// outcome: timed out => ok
// time: any
// source: argument; signal(7)
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int signal) { write(1, "handled\n", 8); }

int main(void) {
    struct sigaction action = {.sa_handler = handler};
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = fork();
    if (child == 0) {
        sem_t semaphore;
        struct timespec until;
        sem_init(&semaphore, 0, 0);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        puts(sem_timedwait(&semaphore, &until) == 0 ? "?" : errno == ETIMEDOUT ? "timed out" : errno == EINTR ? "interrupted" : "?");
        exit(0);
    }
    kill(child, SIGUSR1);
    wait(NULL);
}
