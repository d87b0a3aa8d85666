// Who has been waited for is no more: a signal to it fails. Before, as a zombie, it takes signals.
// outcome: zombie 0 | ESRCH => ok
// source: kill(2)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    siginfo_t info;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitid(P_PID, child, &info, WEXITED | WNOWAIT);
    printf("zombie %d\n", kill(child, SIGTERM));
    waitpid(child, NULL, 0);
    if (kill(child, SIGTERM) < 0 && errno == ESRCH) puts("ESRCH");
}
