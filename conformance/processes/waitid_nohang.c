// waitid(2) with WNOHANG says with a zero that nobody has ended yet.
// outcome: nobody => ok
// outcome: 5 => ok
// source: argument; waitid(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    siginfo_t info = {0};
    if (fork() == 0) _exit(5);
    waitid(P_ALL, 0, &info, WEXITED | WNOHANG);
    if (info.si_pid == 0) puts("nobody");
    else printf("%d\n", info.si_status);
}
