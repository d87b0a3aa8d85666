// sigtimedwait(2) with a time-out against a child's end.
// outcome: ended => ok
// outcome: time-out => ok
// time: any
// source: argument; sigtimedwait(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec soon = {0, 500000};
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    if (fork() == 0) _exit(0);
    puts(sigtimedwait(&chld, NULL, &soon) == SIGCHLD ? "ended" : "time-out");
    wait(NULL);
}
