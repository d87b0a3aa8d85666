// Two children end; a handler that waits only once per signal may leave one unwaited for.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument: the signals of both ends may be one; both children have ended when the parent speaks, for waitid(2) has told so, or that there is no such child any more
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int reaped;
static void on_child(int signal) { if (waitpid(-1, NULL, WNOHANG) > 0) reaped++; }
int main(void) {
    siginfo_t info;
    signal(SIGCHLD, on_child);
    pid_t a = fork();
    if (a == 0) _exit(0);
    pid_t b = fork();
    if (b == 0) _exit(0);
    waitid(P_PID, a, &info, WEXITED | WNOWAIT);
    waitid(P_PID, b, &info, WEXITED | WNOWAIT);
    printf("%d\n", reaped);
}
