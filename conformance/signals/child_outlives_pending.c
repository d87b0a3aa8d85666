// The parent keeps SIGCHLD pending, asks once whether it is, and ends; the child may end before or after that.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; sigpending(2)
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    sigset_t child, pending;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    if (fork() == 0) _exit(0);
    sigpending(&pending);
    int is_pending = sigismember(&pending, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &child, NULL);
    printf("%d\n", is_pending);
}
