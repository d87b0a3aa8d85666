// A handler of SIGCHLD and main both wait for one child: main finds none, or the handler.
// outcome: handler reaps | main ECHILD => ok
// outcome: handler none | main reaps => ok
// source: argument: a wait(2) that is under way finds the child before the signal is handled
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child(int signal) {
    if (waitpid(-1, NULL, WNOHANG) > 0) write(1, "handler reaps\n", 14);
    else write(1, "handler none\n", 13);
}
int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGCHLD, on_child);
    if (fork() == 0) _exit(0);
    puts(wait(NULL) > 0 ? "main reaps" : errno == ECHILD ? "main ECHILD" : "?");
}
