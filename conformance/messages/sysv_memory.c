// A System V segment of shared memory: the child's store is seen, or not yet.
// outcome: 0 => ok
// outcome: 7 => ok
// source: argument; shmat(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int segment = shmget(IPC_PRIVATE, 4096, 0600);
    volatile int *number = shmat(segment, NULL, 0);
    shmctl(segment, IPC_RMID, NULL);
    if (fork() == 0) { *number = 7; _exit(0); }
    printf("%d\n", *number);
    wait(NULL);
}
