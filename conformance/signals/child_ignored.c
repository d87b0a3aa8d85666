// With SIGCHLD ignored children leave no status: wait(2) waits for all of them, and then fails.
// outcome: a | b | ECHILD => ok
// outcome: b | a | ECHILD => ok
// source: wait(2), notes
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) { puts("a"); _exit(0); }
    if (fork() == 0) { puts("b"); _exit(0); }
    if (wait(NULL) < 0 && errno == ECHILD) puts("ECHILD");
}
