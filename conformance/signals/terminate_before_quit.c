// SIGTERM ends a process as soon as it is sent: a SIGQUIT that comes later makes no difference.
// outcome: Terminated => ok
// source: argument; `complete_signal` of the kernel
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    pid_t child = fork();
    if (child == 0) for (;;) pause();
    kill(child, SIGTERM);
    kill(child, SIGQUIT);
    waitpid(child, &status, 0);
    puts(strsignal(WTERMSIG(status)));
}
