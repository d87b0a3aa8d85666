// A child is killed, and its parent looks at once whether it is dead.
// outcome: not yet => ok
// outcome: dead => ok
// source: argument: kill(2) does not wait; seen
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t c; if (!(c = fork())) { pause(); }
    kill(c, SIGKILL);
    int n = waitpid(c, 0, WNOHANG);
    printf("%s\n", n == 0 ? "not yet" : "dead");
    while (wait(NULL) > 0) continue;
}
