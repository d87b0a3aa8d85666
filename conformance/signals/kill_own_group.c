// A child signals its whole group, itself too; the parent has a handler.
// outcome: h | killed => ok
// source: argument; kill(2): the group gets the signal before the child can go on
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    int status;
    setpgid(0, 0);
    signal(SIGTERM, on_signal);
    pid_t child = fork();
    if (child == 0) { signal(SIGTERM, SIG_DFL); kill(0, SIGTERM); write(1, "?\n", 2); _exit(0); }
    waitpid(child, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "exited");
}
