// The middle process ends at once; the grandchild asks whether its parent is still there, and the first process waits for it by a pipe's end.
// outcome: parent | end => ok
// outcome: orphan | end => ok
// source: argument; getppid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    if (fork() == 0) {
        pid_t middle = getpid();
        if (fork() == 0) puts(getppid() == middle ? "parent" : "orphan");
        _exit(0);
    }
    close(p[1]);
    wait(NULL);
    read(p[0], &x, 1);
    puts("end");
}
