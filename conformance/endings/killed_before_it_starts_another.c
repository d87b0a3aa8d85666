// The first process may be killed by its first child before it has started the second, which would wait for ever.
// outcome: (nothing) => killed by SIGTERM
// outcome: (nothing) => deadlock
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char t;
    pipe(p);
    pid_t first = getpid();
    if (fork() == 0) { kill(first, SIGTERM); _exit(0); }
    if (fork() == 0) { read(p[0], &t, 1); _exit(0); }
    pause();
}
