// semop(2) fails when its process goes on after a stop, if it had begun to wait.
// outcome: -1 => ok
// outcome: 0 => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int m = semget(IPC_PRIVATE, 1, 0600); pid_t c; semctl(m, 0, SETVAL, 0);
    if (!(c = fork())) {
        int n = semop(m, &(struct sembuf){0, -1, 0}, 1);
        printf("%d\n", n);
        exit(0);
    }
    kill(c, SIGSTOP);
    waitpid(c, 0, WUNTRACED);
    kill(c, SIGCONT);
    semop(m, &(struct sembuf){0, 1, 0}, 1);
    while (wait(NULL) > 0) continue;
    semctl(m, 0, IPC_RMID);
}
