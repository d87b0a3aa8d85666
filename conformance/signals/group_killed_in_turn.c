// A group of two is killed by one call, which reaches who has joined last first: what that had open is closed, and the other one may say so before it dies.
// outcome: (nothing) => ok
// outcome: eof => ok
// source: argument; kill(2), and kill_pgrp of the kernel, which sends to one after the other
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int open[2], ready[2];
    char byte;
    pipe(open);
    pipe(ready);
    pid_t first = fork();
    if (first == 0) {
        setpgid(0, 0);
        close(open[1]);
        write(ready[1], "x", 1);
        read(open[0], &byte, 1);
        write(1, "eof\n", 4);
        for (;;) pause();
    }
    read(ready[0], &byte, 1);
    pid_t second = fork();
    if (second == 0) {
        setpgid(0, first);
        write(ready[1], "x", 1);
        for (;;) pause();
    }
    read(ready[0], &byte, 1);
    close(open[1]);
    kill(-first, SIGKILL);
    wait(NULL);
    wait(NULL);
}
