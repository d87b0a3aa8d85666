// A handler that is reset at its first signal: the second one kills, if it is a second one.
// outcome: h | ended => ok
// outcome: h | killed => ok
// source: argument; sigaction(2), SA_RESETHAND; two signals may be one
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};
    int p[2], status;
    char x;
    pipe(p);
    sigaction(SIGTERM, &action, NULL);
    pid_t child = fork();
    if (child == 0) { close(p[1]); while (read(p[0], &x, 1) < 0) continue; _exit(0); }
    kill(child, SIGTERM);
    kill(child, SIGTERM);
    close(p[1]);
    waitpid(child, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "ended");
}
