// A child aborts; its parent hears that its end of a pipe is closed, and looks at once whether it is dead.
// outcome: dead 6 => ok
// outcome: live 6 => ok
// source: argument: what a process has open is closed before its parent is told
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], s;
    char t;
    pipe(p);
    pid_t c = fork();
    if (c == 0) abort();
    close(p[1]);
    read(p[0], &t, 1);
    int n = waitpid(c, &s, WNOHANG);
    if (n == 0) waitpid(c, &s, 0);
    printf("%s %d\n", n ? "dead" : "live", WTERMSIG(s));
}
