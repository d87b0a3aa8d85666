// A child and its parent have one open file, and lock it in two ways: whoever comes later has the lock that is there already, and makes it
// another one. Neither waits for the other.
// outcome: shared | exclusive => ok
// outcome: exclusive | shared => ok
// source: argument; flock(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) { flock(file, LOCK_SH); puts("shared"); exit(0); }
    flock(file, LOCK_EX);
    puts("exclusive");
    wait(NULL);
}
