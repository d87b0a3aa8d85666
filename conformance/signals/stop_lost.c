// SIGCONT discards a stop that is pending, and is no reason to wait: the child says its word whatever comes first.
// outcome: c => ok
// source: signal(7), kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { puts("c"); _exit(0); }
    kill(child, SIGSTOP);
    kill(child, SIGCONT);
    waitpid(child, NULL, 0);
}
