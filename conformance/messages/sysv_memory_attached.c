// How many processes have the segment attached: fork(2) attaches the child too, and its end detaches it.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; shmctl(2), shm_nattch
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct shmid_ds info;
    int segment = shmget(IPC_PRIVATE, 4096, 0600);
    shmat(segment, NULL, 0);
    if (fork() == 0) _exit(0);
    shmctl(segment, IPC_STAT, &info);
    printf("%d\n", (int)info.shm_nattch);
    wait(NULL);
    shmctl(segment, IPC_RMID, NULL);
}
