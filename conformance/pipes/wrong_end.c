// To read from the end for writing, or to write to the other, fails at once; so does to read too little of an eventfd.
// outcome: r -1 Bad file descriptor | w -1 Bad file descriptor | e -1 Invalid argument => ok
// source: argument; read(2), eventfd(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2]; char t; pipe(p);
    if (!fork()) {
        int n = read(p[1], &t, 1);
        printf("r %d %s\n", n, strerror(errno));
        n = write(p[0], "x", 1);
        printf("w %d %s\n", n, strerror(errno));
        exit(0);
    }
    while (wait(NULL) > 0) continue;
    int e = eventfd(0, 0); int n = read(e, &t, 1); printf("e %d %s\n", n, strerror(errno));
}
