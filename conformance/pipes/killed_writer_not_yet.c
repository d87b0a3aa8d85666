// A writer is killed, and its reader looks at once whether that was the last.
// outcome: not yet => ok
// outcome: end => ok
// source: argument: kill(2) does not wait; seen
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2]; pipe2(p, O_NONBLOCK);
    pid_t c; if (!(c = fork())) { pause(); }
    close(p[1]); char t;
    kill(c, SIGKILL);
    int n = read(p[0], &t, 1);
    printf("%s\n", n < 0 ? "not yet" : "end");
    while (wait(NULL) > 0) continue;
}
