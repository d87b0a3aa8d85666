// SEM_UNDO gives back the token of a process that was killed.
// outcome: got => ok
// source: semop(2), SEM_UNDO
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sembuf up = {0, 1, 0}, down = {0, -1, SEM_UNDO};
    int set = semget(IPC_PRIVATE, 1, 0600);
    semop(set, &up, 1);
    if (fork() == 0) { semop(set, &down, 1); raise(SIGKILL); }
    wait(NULL);
    if (semop(set, &down, 1) == 0) puts("got");
    semctl(set, 0, IPC_RMID);
}
