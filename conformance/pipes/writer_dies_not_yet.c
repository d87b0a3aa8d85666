// A child writes where nobody reads and dies of SIGPIPE; its parent hears by another pipe that something of it is closed, and looks.
// outcome: dead 13 => ok
// outcome: live 13 => ok
// source: argument: what a process has open is closed before its parent is told
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2], s;
    char t;
    pipe(p);
    pipe(q);
    close(p[0]);
    pid_t c = fork();
    if (c == 0) { write(p[1], "x", 1); _exit(0); }
    close(q[1]);
    read(q[0], &t, 1);
    int n = waitpid(c, &s, WNOHANG);
    if (n == 0) waitpid(c, &s, 0);
    printf("%s %d\n", n ? "dead" : "live", WTERMSIG(s));
}
