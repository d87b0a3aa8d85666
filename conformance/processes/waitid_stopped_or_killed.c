// Who waits for a stop or an end is told of the stop, or finds that the stopped child was killed since.
// outcome: stopped | killed => ok
// outcome: killed => ok
// source: argument; waitid(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    siginfo_t info;
    pid_t child = fork();
    if (child == 0) for (;;) pause();
    if (fork() == 0) {
        kill(child, SIGSTOP);
        kill(child, SIGKILL);
        _exit(0);
    }
    waitid(P_PID, child, &info, WEXITED | WSTOPPED);
    if (info.si_code == CLD_STOPPED) {
        puts("stopped");
        waitid(P_PID, child, &info, WEXITED);
    }
    puts("killed");
}
