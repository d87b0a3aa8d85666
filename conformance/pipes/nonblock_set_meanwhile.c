// O_NONBLOCK is set by another process: who has begun to wait by then waits on.
// outcome: again => ok
// outcome: (nothing) => deadlock
// source: argument; fcntl(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2]; pipe(p);
    if (!fork()) {
        char t;
        int n = read(p[0], &t, 1);
        if (n < 0) printf("again\n");
        exit(0);
    }
    fcntl(p[0], F_SETFL, O_NONBLOCK); while (wait(NULL) > 0) continue;
}
