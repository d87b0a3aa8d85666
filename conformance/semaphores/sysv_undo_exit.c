// A semaphore taken with SEM_UNDO is given back by the end of its taker.
// outcome: 0 => ok
// outcome: 1 => ok
// source: semop(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int id = semget(IPC_PRIVATE, 1, 0600); semctl(id, 0, SETVAL, 1);
    if (fork() == 0) { struct sembuf b = {0, -1, SEM_UNDO}; semop(id, &b, 1); _exit(0); }
    dprintf(1, "%d\n", semctl(id, 0, GETVAL));
    wait(NULL); semctl(id, 0, IPC_RMID);
}
