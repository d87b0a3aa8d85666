// The reader ends after one byte; the second write finds it there, or not.
// outcome: ok => ok
// outcome: sigpipe => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], status;
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    if (fork() == 0) { close(p[1]); read(p[0], &x, 1); exit(0); }
    pid_t writer = fork();
    if (writer == 0) { close(p[0]); write(p[1], "1", 1); write(p[1], "2", 1); exit(0); }
    close(p[0]);
    close(p[1]);
    waitpid(writer, &status, 0);
    puts(WIFSIGNALED(status) ? "sigpipe" : "ok");
}
