// What a killed process has in its buffer is lost; what it has flushed is not.
// outcome: flushed | killed => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    if (fork() == 0) { puts("flushed"); fflush(stdout); puts("lost"); raise(SIGKILL); }
    wait(&status);
    if (WIFSIGNALED(status)) puts("killed");
}
