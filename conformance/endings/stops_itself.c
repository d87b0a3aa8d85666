// The first process stops itself, and nobody continues it.
// outcome: before => deadlock
// source: signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void) {
    write(1, "before\n", 7);
    if (fork() == 0) _exit(0);
    raise(SIGSTOP);
    write(1, "after\n", 6);
}
