// A read that does not wait: the byte is there, or not yet, or the writer has ended.
// outcome: byte => ok
// outcome: EAGAIN => ok
// source: argument: the byte is written before the end, so there is no end of file without it
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    pipe2(p, O_NONBLOCK);
    pid_t writer = fork();
    if (writer == 0) { write(p[1], "x", 1); _exit(0); }
    close(p[1]);
    puts(read(p[0], &x, 1) == 1 ? "byte" : errno == EAGAIN ? "EAGAIN" : "end");
    waitpid(writer, NULL, 0);
}
