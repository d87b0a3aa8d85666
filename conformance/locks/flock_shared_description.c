// A lock of flock(2) belongs to the open description: a descriptor from before the fork locks nobody out, and the lines mix.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: a1 | b1 | a2 | b2 => ok
// outcome: a1 | b1 | b2 | a2 => ok
// outcome: b1 | a1 | a2 | b2 => ok
// outcome: b1 | a1 | b2 | a2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
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
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            flock(file, LOCK_EX);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
