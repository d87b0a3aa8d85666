// A child in a session of its own is not reached by a signal to its parent's group.
// outcome: parent | child => ok
// source: setsid(2), kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ready[2], go[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setpgid(0, 0);
    pipe(ready);
    pipe(go);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        write(ready[1], "x", 1);
        read(go[0], &x, 1);
        puts("child");
        exit(0);
    }
    signal(SIGTERM, SIG_IGN);
    read(ready[0], &x, 1);
    kill(0, SIGTERM);
    puts("parent");
    write(go[1], "x", 1);
    waitpid(child, NULL, 0);
}
