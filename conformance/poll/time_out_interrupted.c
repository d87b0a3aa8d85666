// The child polls for a while, and is sent a signal before, meanwhile or after that.
// outcome: handled | timed out => ok
// outcome: handled | interrupted => ok
// outcome: timed out | handled => ok
// outcome: timed out => ok
// time: any
// source: argument; signal(7)
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int signal) { write(1, "handled\n", 8); }

int main(void) {
    int ends[2];
    struct sigaction action = {.sa_handler = handler};
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(ends);
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = fork();
    if (child == 0) {
        struct pollfd end = {.fd = ends[0], .events = POLLIN};
        puts(poll(&end, 1, 1) == 0 ? "timed out" : errno == EINTR ? "interrupted" : "?");
        exit(0);
    }
    kill(child, SIGUSR1);
    wait(NULL);
}
