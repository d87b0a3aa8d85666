// Of two signals for which memory is written down the lower one comes first, if both are there.
// outcome: Aborted => ok
// outcome: Quit => ok
// source: argument, seen in plain runs; signal(7)
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
    kill(child, SIGABRT);
    kill(child, SIGQUIT);
    waitpid(child, &status, 0);
    puts(strsignal(WTERMSIG(status)));
}
