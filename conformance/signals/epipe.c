// With SIGPIPE ignored the write into a pipe without readers fails.
// outcome: EPIPE => ok
// source: pipe(7)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    signal(SIGPIPE, SIG_IGN);
    pipe(p);
    if (fork() == 0) _exit(0);
    wait(NULL);
    close(p[0]);
    puts(write(p[1], "x", 1) < 0 && errno == EPIPE ? "EPIPE" : "written");
}
