// The reader closes its end while a byte is written into the pipe.
// outcome: written => ok
// outcome: sigpipe => ok
// source: argument; pipe(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], status;
    pipe(p);
    pid_t writer = fork();
    if (writer == 0) { close(p[0]); write(p[1], "x", 1); _exit(0); }
    close(p[0]);
    waitpid(writer, &status, 0);
    puts(WIFSIGNALED(status) ? "sigpipe" : "written");
}
