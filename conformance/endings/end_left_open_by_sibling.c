// The second child inherits the writing end of the pipe that the first reads to its end, and itself waits for the first to end.
// outcome: (nothing) => deadlock
// source: argument: an end of file comes when all writing ends are closed, pipe(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    char x;
    pipe(p);
    pipe(q);
    if (fork() == 0) { close(p[1]); close(q[0]); while (read(p[0], &x, 1) > 0) continue; _exit(0); }
    if (fork() == 0) { close(q[1]); read(q[0], &x, 1); _exit(0); }
    close(p[1]);
    close(q[1]);
    wait(NULL);
    puts("end");
}
