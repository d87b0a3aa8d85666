// A signal handler speaks, and so does the program that it interrupts.
// outcome: add | delete => ok
// outcome: delete | add => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int reaped;
static void on_child(int signal) {
    while (waitpid(-1, NULL, WNOHANG) > 0) { write(1, "delete\n", 7); reaped = 1; }
}
int main(void) {
    signal(SIGCHLD, on_child);
    if (fork() == 0) _exit(0);
    write(1, "add\n", 4);
    while (!reaped) usleep(1000);
}
