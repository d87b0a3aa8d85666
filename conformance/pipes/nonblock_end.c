// A read that does not wait, of a pipe whose only writer ends without a word.
// outcome: end => ok
// outcome: EAGAIN => ok
// source: argument; pipe(7)
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
    if (writer == 0) _exit(0);
    close(p[1]);
    puts(read(p[0], &x, 1) == 0 ? "end" : errno == EAGAIN ? "EAGAIN" : "?");
    waitpid(writer, NULL, 0);
}
