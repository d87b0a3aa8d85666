// A handler writes a byte into a pipe that main reads: no wake-up is lost.
// outcome: woken => ok
// source: argument; D. J. Bernstein's self-pipe
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int p[2];
static void on_child(int signal) { write(p[1], "x", 1); }
int main(void) {
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};
    char x;
    pipe(p);
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0) _exit(0);
    if (read(p[0], &x, 1) == 1) puts("woken");
    wait(NULL);
}
