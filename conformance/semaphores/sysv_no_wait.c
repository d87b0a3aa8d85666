// IPC_NOWAIT takes a token if one is there.
// outcome: got => ok
// outcome: EAGAIN => ok
// source: argument; semop(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sembuf up = {0, 1, 0}, down = {0, -1, IPC_NOWAIT};
    int set = semget(IPC_PRIVATE, 1, 0600);
    if (fork() == 0) { semop(set, &up, 1); _exit(0); }
    puts(semop(set, &down, 1) == 0 ? "got" : errno == EAGAIN ? "EAGAIN" : "?");
    wait(NULL);
    semctl(set, 0, IPC_RMID);
}
