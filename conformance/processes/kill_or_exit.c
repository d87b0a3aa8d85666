// A child that exits with 3 is killed meanwhile, or not.
// outcome: exited 3 => ok
// outcome: killed => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    pid_t child = fork();
    if (child == 0) _exit(3);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) puts("killed");
    else printf("exited %d\n", WEXITSTATUS(status));
}
