// The signal comes between the test and the pause: nobody will wake the sleeper.
// outcome: reaped => ok
// outcome: (nothing) => deadlock
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t reaped;
static void on_child(int signal) { reaped = waitpid(-1, NULL, 0); }
int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGCHLD, on_child);
    if (fork() == 0) exit(0);
    while (!reaped) pause();
    puts("reaped");
}
