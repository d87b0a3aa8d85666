// A pending signal is the parent's alone; its mask goes over to the child.
// outcome: parent pending | child clear, blocked => ok
// source: fork(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t usr1, pending, mask;
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    raise(SIGUSR1);
    sigpending(&pending);
    puts(sigismember(&pending, SIGUSR1) ? "parent pending" : "parent clear");
    if (fork() == 0) {
        sigpending(&pending);
        sigprocmask(SIG_BLOCK, NULL, &mask);
        printf("child %s, %s\n", sigismember(&pending, SIGUSR1) ? "pending" : "clear", sigismember(&mask, SIGUSR1) ? "blocked" : "open");
        exit(0);
    }
    wait(NULL);
}
