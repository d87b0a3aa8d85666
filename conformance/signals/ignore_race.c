// A child begins to ignore a signal while it is sent.
// outcome: killed => ok
// outcome: ignored => ok
// source: argument; the child ends only when the signal has been sent
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], status;
    char x;
    pipe(p);
    pid_t child = fork();
    if (child == 0) { close(p[1]); signal(SIGTERM, SIG_IGN); read(p[0], &x, 1); _exit(0); }
    kill(child, SIGTERM);
    close(p[1]);
    waitpid(child, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "ignored");
}
