// Two children die when their parent is killed, of the signals that they have asked for: each by itself, so either may be heard of first.
// outcome: User defined signal 2, Terminated => ok
// outcome: Terminated, User defined signal 2 => ok
// source: argument, seen in plain runs; PR_SET_PDEATHSIG(2const)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ready[2], status;
    char byte;
    pipe(ready);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t parent = fork();
    if (parent == 0) {
        for (int i = 0; i < 2; i++)
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, i == 0 ? SIGUSR2 : SIGTERM);
                write(ready[1], "x", 1);
                for (;;) pause();
            }
        for (;;) pause();
    }
    read(ready[0], &byte, 1);
    read(ready[0], &byte, 1);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    wait(&status);
    printf("%s, ", strsignal(WTERMSIG(status)));
    wait(&status);
    printf("%s\n", strsignal(WTERMSIG(status)));
}
