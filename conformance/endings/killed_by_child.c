// A child kills its parent, which speaks before its death or not.
// outcome: alive => killed by SIGKILL
// outcome: alive => ok
// outcome: (nothing) => killed by SIGKILL
// source: argument; the parent may also have ended before: then getppid(2) is another's, and the child kills nobody
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    pid_t parent = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) {
        kill(parent, SIGKILL);
        _exit(0);
    }
    puts("alive");
}
