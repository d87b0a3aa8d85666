// lockf(3) on the same byte keeps the lines together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; lockf(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            int file = open("file", O_CREAT | O_RDWR, 0600);
            lockf(file, F_LOCK, 1);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
