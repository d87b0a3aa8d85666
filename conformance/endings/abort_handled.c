// A handler of SIGABRT speaks, and abort(3) ends the process all the same.
// outcome: child | handler => killed by SIGABRT
// source: abort(3)
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_abort(int signal) { write(1, "handler\n", 8); }
int main(void) {
    signal(SIGABRT, on_abort);
    if (fork() == 0) { write(1, "child\n", 6); _exit(0); }
    wait(NULL);
    abort();
}
