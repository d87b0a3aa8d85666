// A full pipe lets its writer wait until there is room: the reader speaks first.
// outcome: reading | written => ok
// source: argument; pipe(7): a page-sized write has to wait for a reader when all the pipe's pages are full
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char block[4096];
int main(void) {
    int p[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    fcntl(p[1], F_SETPIPE_SZ, 4096);
    write(p[1], block, sizeof block);
    pid_t writer = fork();
    if (writer == 0) { write(p[1], block, sizeof block); puts("written"); exit(0); }
    puts("reading");
    read(p[0], block, sizeof block);
    waitpid(writer, NULL, 0);
}
