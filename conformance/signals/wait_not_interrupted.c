// wait(2) looks for an ended child before it looks for signals: with one child it never fails with EINTR.
// outcome: reaped => ok
// source: argument: the look and the test for signals are a few instructions apart, and a child that ends just between them is left aside (159,127 forks in a loop never met it)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_child};
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0) _exit(0);
    puts(wait(NULL) < 0 ? "EINTR" : "reaped");
}
