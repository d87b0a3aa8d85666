// The parent waits until a semaphore is zero: both children have counted down, and spoken before.
// outcome: a | b | zero => ok
// outcome: b | a | zero => ok
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
    struct sembuf two = {0, 2, 0}, down = {0, -1, 0}, zero = {0, 0, 0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    int set = semget(IPC_PRIVATE, 1, 0600);
    semop(set, &two, 1);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { printf("%c\n", 'a' + i); semop(set, &down, 1); exit(0); }
    semop(set, &zero, 1);
    puts("zero");
    while (wait(NULL) > 0) continue;
    semctl(set, 0, IPC_RMID);
}
