// With SA_NOCLDWAIT the handler hears of the end, and there is nobody to wait for.
// outcome: h | ECHILD => ok
// source: argument; sigaction(2): the signal is sent before the wait ends
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child(int signal) { write(1, "h\n", 2); }
int main(void) {
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_NOCLDWAIT | SA_RESTART};
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0) _exit(0);
    if (wait(NULL) < 0 && errno == ECHILD) puts("ECHILD");
}
