// A group is sent a signal while its only member ends and is waited for.
// outcome: a | reaped 0 | sent => ok
// outcome: reaped 15 | sent => ok
// outcome: sent | reaped 15 => ok
// outcome: a | sent | reaped 15 => ok
// outcome: a | reaped 15 | sent => ok
// outcome: a | sent | reaped 0 => ok
// source: argument; kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t g; int s;
    if (!(g = fork())) { setpgid(0, 0); printf("a\n"); exit(0); }
    setpgid(g, g);
    if (!fork()) { kill(-g, SIGTERM); printf("sent\n"); exit(0); }
    waitpid(g, &s, 0); printf("reaped %d\n", WTERMSIG(s));
    while (wait(NULL) > 0) continue;
}
