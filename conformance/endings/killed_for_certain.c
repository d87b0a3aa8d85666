// A child kills its parent, which waits for it for ever.
// outcome: killing => killed by SIGTERM
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t parent = getpid();
    if (fork() == 0) { puts("killing"); kill(parent, SIGTERM); _exit(0); }
    for (;;) pause();
}
