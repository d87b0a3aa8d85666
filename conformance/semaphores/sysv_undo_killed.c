// A semaphore is given back by the death of its taker, which another process may see or not.
// outcome: 0 => ok
// outcome: 1 => ok
// source: semop(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int r[2]; char x; pipe(r);
    int id = semget(IPC_PRIVATE, 1, 0600); semctl(id, 0, SETVAL, 1);
    pid_t c = fork();
    if (c == 0) { struct sembuf b = {0, -1, SEM_UNDO}; semop(id, &b, 1); write(r[1], "x", 1); pause(); _exit(0); }
    read(r[0], &x, 1);
    if (fork() == 0) { dprintf(1, "%d\n", semctl(id, 0, GETVAL)); _exit(0); }
    kill(c, SIGKILL); while (wait(NULL) > 0);
    semctl(id, 0, IPC_RMID);
}
