// The grandchild asks for its parent only after the first process has waited for the middle one: it is an orphan by then.
// outcome: orphan => ok
// source: argument; getppid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int go[2], done[2];
    char x;
    pipe(go);
    pipe(done);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) {
        pid_t middle = getpid();
        if (fork() == 0) {
            read(go[0], &x, 1);
            puts(getppid() == middle ? "parent" : "orphan");
        }
        _exit(0);
    }
    wait(NULL);
    write(go[1], "x", 1);
    close(done[1]);
    read(done[0], &x, 1);
}
