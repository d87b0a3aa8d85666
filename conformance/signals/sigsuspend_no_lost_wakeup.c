// With the signal blocked until sigsuspend(2) the wake-up cannot be lost.
// outcome: reaped => ok
// source: sigsuspend(2): the mask is changed and the wait begins at one moment
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t reaped;
static void on_child(int signal) { reaped = waitpid(-1, NULL, 0); }
int main(void) {
    sigset_t chld, old;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &old);
    signal(SIGCHLD, on_child);
    if (fork() == 0) _exit(0);
    while (!reaped) sigsuspend(&old);
    puts("reaped");
}
