// What a process has taken from a semaphore is given back (SEM_UNDO) before its pipes are closed: who reads to their end finds it there.
// outcome: 1 => ok
// source: argument: exit_sem comes before exit_files in the kernel
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int set = semget(IPC_PRIVATE, 1, 0600), ends[2];
    semctl(set, 0, SETVAL, 1);
    pipe(ends);
    if (fork() == 0) {
        struct sembuf take = {0, -1, SEM_UNDO};
        semop(set, &take, 1);
        return 0;
    }
    close(ends[1]);
    char letter;
    read(ends[0], &letter, 1);
    printf("%d\n", semctl(set, 0, GETVAL));
    wait(NULL);
    semctl(set, 0, IPC_RMID);
}
