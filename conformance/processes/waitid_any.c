// waitid(2) for any child, leaving it there; the wait(2) that follows may take the same child or the other.
// outcome: 1 1 => ok
// outcome: 2 1 => ok
// outcome: 2 2 => ok
// source: argument; waitid(2). Linux looks at the ended children in the order of their birth, so who saw the first takes the first
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    siginfo_t info;
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
    wait(&status);
    printf("%d %d\n", info.si_status, WEXITSTATUS(status));
}
