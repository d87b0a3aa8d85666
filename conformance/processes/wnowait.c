// waitid(2) with WNOWAIT leaves the child to be waited for once more.
// outcome: seen 7 | reaped 7 | none => ok
// source: waitid(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    siginfo_t info;
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) _exit(7);
    waitid(P_PID, child, &info, WEXITED | WNOWAIT);
    printf("seen %d\n", info.si_status);
    waitpid(child, &status, 0);
    printf("reaped %d\n", WEXITSTATUS(status));
    if (waitpid(child, &status, 0) < 0) puts("none");
}
