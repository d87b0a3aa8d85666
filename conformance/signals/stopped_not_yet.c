// A child is stopped, and its parent looks at once whether it has.
// outcome: not yet => ok
// outcome: stopped => ok
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
    kill(c, SIGSTOP);
    int n = waitpid(c, 0, WNOHANG | WUNTRACED);
    printf("%s\n", n == 0 ? "not yet" : "stopped");
    kill(c, SIGKILL);
    while (wait(NULL) > 0) continue;
}
