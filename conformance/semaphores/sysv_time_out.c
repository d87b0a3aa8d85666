// An operation on a System V semaphore waits for a second, in vain.
// outcome: in vain => ok
// source: semop(2), semtimedop
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    int set = semget(IPC_PRIVATE, 1, 0600);
    struct sembuf take = {0, -1, 0};
    struct timespec second = {1, 0};
    if (fork() == 0) _exit(0);
    if (semtimedop(set, &take, 1, &second) < 0 && errno == EAGAIN) puts("in vain");
    wait(NULL);
    semctl(set, 0, IPC_RMID);
}
