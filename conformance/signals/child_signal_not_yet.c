// What a child had open is closed before SIGCHLD is sent: its parent looks in between.
// outcome: none => ok
// outcome: child => ok
// source: argument: _exit(2) closes first; seen
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGCHLD);
    sigprocmask(SIG_BLOCK, &s, 0);
    int p[2];
    pipe(p);
    char t;
    if (!fork()) exit(0);
    close(p[1]); read(p[0], &t, 1);
    struct timespec z = {0};
    printf("%s\n", sigtimedwait(&s, 0, &z) == SIGCHLD ? "child" : "none");
    while (wait(NULL) > 0) continue;
}
