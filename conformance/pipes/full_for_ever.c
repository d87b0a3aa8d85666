// A writer with more than the pipe can hold, and a parent that waits before it reads.
// outcome: (nothing) => deadlock
// source: argument; pipe(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static char block[8192];
int main(void) {
    int p[2];
    pipe(p);
    fcntl(p[1], F_SETPIPE_SZ, 4096);
    if (fork() == 0) { write(p[1], block, sizeof block); _exit(0); }
    wait(NULL);
    read(p[0], block, sizeof block);
    puts("end");
}
