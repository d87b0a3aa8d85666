// Two siblings kill each other: kill(2) may be under way when its caller is killed, so both may be dead.
// outcome: exit signal => ok
// outcome: signal exit => ok
// outcome: signal signal => ok
// source: argument: a process that is killed comes out of its call first
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s, t, p[2];
    pid_t a, b;
    pipe(p);
    if (!(a = fork())) { read(p[0], &b, sizeof b); kill(b, SIGTERM); _exit(0); }
    if (!(b = fork())) { b = getpid(); write(p[1], &b, sizeof b); kill(a, SIGTERM); _exit(0); }
    waitpid(a, &s, 0);
    waitpid(b, &t, 0);
    printf("%s %s\n", WIFEXITED(s) ? "exit" : "signal", WIFEXITED(t) ? "exit" : "signal");
}
