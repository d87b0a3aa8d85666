// SA_NOCLDWAIT is set while there is a child already: one that has ended before leaves its status, one that ends later does not.
// outcome: 1 => ok
// outcome: none => ok
// source: argument; sigaction(2)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    if (fork() == 0) _exit(1);
    struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
    sigaction(SIGCHLD, &action, NULL);
    if (wait(&status) < 0) puts("none");
    else printf("%d\n", WEXITSTATUS(status));
}
