// Two children end while SIGCHLD is blocked: it is of the one that ended first.
// outcome: a => ok
// outcome: b => ok
// source: argument; signal(7), sigaction(2), si_pid
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    siginfo_t info, end;
    pid_t a, b;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if ((a = fork()) == 0) _exit(0);
    if ((b = fork()) == 0) _exit(0);
    waitid(P_PID, a, &end, WEXITED | WNOWAIT);
    waitid(P_PID, b, &end, WEXITED | WNOWAIT);
    sigwaitinfo(&set, &info);
    puts(info.si_pid == a ? "a" : info.si_pid == b ? "b" : "?");
}
