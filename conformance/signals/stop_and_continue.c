// A child stops itself; the parent sees it stopped, continues it, sees it end.
// outcome: stopped | resumed | 3 => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { raise(SIGSTOP); puts("resumed"); exit(3); }
    waitpid(child, &status, WUNTRACED);
    if (WIFSTOPPED(status)) puts("stopped");
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    printf("%d\n", WEXITSTATUS(status));
}
