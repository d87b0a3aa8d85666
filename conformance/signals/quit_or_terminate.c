// SIGTERM ends a process at once if it is running: it may overtake SIGQUIT, which takes effect only when that looks for signals.
// outcome: Quit => ok
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
    kill(child, SIGQUIT);
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    puts(strsignal(WTERMSIG(status)));
}
