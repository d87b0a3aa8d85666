// Which of two children has ended first is kept in which signal is pending and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; sigpending(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    raise(first == 1 ? SIGUSR1 : SIGUSR2);
    wait(NULL);
}

int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    sigpending(&set);
    printf("%d\n", sigismember(&set, SIGUSR1) ? 1 : 2);
}
