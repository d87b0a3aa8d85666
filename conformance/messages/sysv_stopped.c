// msgrcv(2) waits on when its process goes on after a stop.
// outcome: 1 => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct mm { long t; char c; };
int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int q = msgget(IPC_PRIVATE, 0600); pid_t c; struct mm m = {1, 'x'};
    if (!(c = fork())) { int n = msgrcv(q, &m, 1, 0, 0); printf("%d\n", n); exit(0); }
    kill(c, SIGSTOP);
    waitpid(c, 0, WUNTRACED);
    kill(c, SIGCONT);
    msgsnd(q, &m, 1, 0);
    while (wait(NULL) > 0) continue;
    msgctl(q, IPC_RMID, 0);
}
