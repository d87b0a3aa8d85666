// Two semaphores taken by one semop(2) in opposite order: no deadlock, for both are taken or none.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; semop(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sembuf up[2] = {{0, 1, 0}, {1, 1, 0}}, down[2][2] = {{{0, -1, 0}, {1, -1, 0}}, {{1, -1, 0}, {0, -1, 0}}};
    setvbuf(stdout, NULL, _IOLBF, 0);
    int set = semget(IPC_PRIVATE, 2, 0600);
    semop(set, up, 2);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { semop(set, down[i], 2); printf("%c\n", 'a' + i); semop(set, up, 2); exit(0); }
    while (wait(NULL) > 0) continue;
    semctl(set, 0, IPC_RMID);
}
