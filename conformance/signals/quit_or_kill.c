// SIGQUIT takes effect only when its target runs once more: a SIGKILL that comes before that is what it dies of.
// outcome: Quit => ok
// outcome: Killed => ok
// source: argument, seen in plain runs; `sig_kernel_coredump` of the kernel
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
    kill(child, SIGQUIT);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    puts(strsignal(WTERMSIG(status)));
}
