// The parent gives its child some time, and then kills it: the child has spoken, or ended, or not.
// outcome: c | exited => ok
// outcome: c | killed => ok
// outcome: killed => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { puts("c"); _exit(0); }
    usleep(500);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "exited");
}
