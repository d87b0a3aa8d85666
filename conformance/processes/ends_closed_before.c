// What a child had open is closed before it can be waited for: its parent looks in between.
// outcome: not yet => ok
// outcome: dead => ok
// source: argument: _exit(2) closes first; seen
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2];
    pipe(p);
    char t;
    if (!fork()) {
        exit(0);
    }
    close(p[1]);
    read(p[0], &t, 1);
    int n = waitpid(-1, 0, WNOHANG);
    printf("%s\n", n == 0 ? "not yet" : "dead");
    while (wait(NULL) > 0) continue;
}
