// A signal comes before the child has its handler, or after.
// outcome: killed => ok
// outcome: handled => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "handled\n", 8); _exit(0); }
int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGTERM, on_signal);
        for (;;) pause();
    }
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) puts("killed");
}
