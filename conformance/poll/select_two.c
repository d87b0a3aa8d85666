// The same as two_pipes.c, with select(2).
// outcome: a => ok
// outcome: b => ok
// outcome: ab => ok
// source: argument; select(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    fd_set in;
    pipe(p);
    pipe(q);
    if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
    if (fork() == 0) { write(q[1], "x", 1); _exit(0); }
    FD_ZERO(&in);
    FD_SET(p[0], &in);
    FD_SET(q[0], &in);
    select(q[0] + 1, &in, NULL, NULL, NULL);
    printf("%s%s\n", FD_ISSET(p[0], &in) ? "a" : "", FD_ISSET(q[0], &in) ? "b" : "");
    while (wait(NULL) > 0) continue;
}
