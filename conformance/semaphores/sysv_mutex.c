// A System V semaphore of one keeps the lines of a process together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
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
    struct sembuf down = {0, -1, 0}, up = {0, 1, 0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    int set = semget(IPC_PRIVATE, 1, 0600);
    semop(set, &up, 1);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            semop(set, &down, 1);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            semop(set, &up, 1);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
    semctl(set, 0, IPC_RMID);
}
