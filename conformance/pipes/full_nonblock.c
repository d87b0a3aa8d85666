// A write that does not wait finds the pipe full, or emptied by the reader.
// outcome: written => ok
// outcome: EAGAIN => ok
// source: argument; pipe(7)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char block[4096];
int main(void) {
    int p[2];
    pipe(p);
    fcntl(p[1], F_SETPIPE_SZ, 4096);
    write(p[1], block, sizeof block);
    fcntl(p[1], F_SETFL, O_NONBLOCK);
    pid_t writer = fork();
    if (writer == 0) { puts(write(p[1], "x", 1) == 1 ? "written" : errno == EAGAIN ? "EAGAIN" : "?"); exit(0); }
    read(p[0], block, sizeof block);
    waitpid(writer, NULL, 0);
}
