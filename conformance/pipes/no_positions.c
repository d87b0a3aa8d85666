// At a certain place nothing can be read from a pipe, nor written to it: that fails at once.
// outcome: no no => ok
// source: pread(2), ESPIPE
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char byte;
    int ends[2];
    pipe(ends);
    if (fork() == 0) _exit(0);
    int reads = pread(ends[0], &byte, 1, 0) < 0 && errno == ESPIPE;
    int writes = pwrite(ends[1], "x", 1, 0) < 0 && errno == ESPIPE;
    printf("%s %s\n", reads ? "no" : "yes", writes ? "no" : "yes");
    wait(NULL);
}
