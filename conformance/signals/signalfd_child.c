// SIGCHLD is read from a descriptor; two children may be one signal.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; signalfd(2): the second child's end is a signal of its own only if the first has been read
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t chld;
    struct signalfd_siginfo info;
    int reads = 0, children = 2;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    int signals = signalfd(-1, &chld, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) _exit(0);
    while (children > 0) {
        read(signals, &info, sizeof info);
        reads++;
        while (waitpid(-1, NULL, WNOHANG) > 0) children--;
    }
    printf("%d\n", reads);
}
