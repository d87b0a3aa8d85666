// How many have a segment attached.
// outcome: 1 => ok
// outcome: 2 => ok
// source: shmctl(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int id = shmget(IPC_PRIVATE, 4096, 0600); void *a = shmat(id, NULL, 0);
    if (fork() == 0) { shmdt(a); _exit(0); }
    struct shmid_ds d; shmctl(id, IPC_STAT, &d); dprintf(1, "%d\n", (int)d.shm_nattch);
    wait(NULL); shmctl(id, IPC_RMID, NULL);
}
