// SIGCHLD is no longer ignored: a child that has ended before has left no status, one that ends later does.
// outcome: 1 => ok
// outcome: none => ok
// source: argument; signal(2)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) _exit(1);
    signal(SIGCHLD, SIG_DFL);
    if (wait(&status) < 0) puts("none");
    else printf("%d\n", WEXITSTATUS(status));
}
