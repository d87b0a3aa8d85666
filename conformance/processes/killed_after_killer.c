// One child kills another and ends: it may be the first that is waited for.
// outcome: K0 => ok
// outcome: 0K => ok
// source: argument: kill(2) does not wait; seen
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a, b; int s, t;
    if (!(a = fork())) pause();
    if (!(b = fork())) { kill(a, SIGTERM); exit(0); }
    wait(&s); wait(&t);
    printf("%c%c\n", WIFSIGNALED(s) ? 'K' : '0', WIFSIGNALED(t) ? 'K' : '0');
}
