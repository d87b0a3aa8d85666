// Two processes try to take a token; the child that gets it never ends, and its parent waits for it.
// outcome: p => ok
// outcome: c => deadlock
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe2(p, O_NONBLOCK);
    write(p[1], "x", 1);
    if (fork() == 0) {
        if (read(p[0], &x, 1) == 1) { puts("c"); for (;;) pause(); }
        _exit(0);
    }
    if (read(p[0], &x, 1) == 1) puts("p");
    wait(NULL);
}
