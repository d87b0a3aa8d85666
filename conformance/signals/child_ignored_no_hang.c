// With SIGCHLD ignored, a look at children that does not wait finds that some live, or that there are none.
// outcome: 0 => ok
// outcome: -1 => ok
// source: argument; waitpid(2)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) _exit(1);
    if (fork() == 0) _exit(2);
    printf("%d\n", waitpid(-1, NULL, WNOHANG));
}
