// Two processes make the same directory: one of them does.
// outcome: a => ok
// outcome: b => ok
// source: argument; mkdir(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { if (mkdir("dir", 0700) == 0) printf("%c\n", 'a' + i); exit(0); }
    while (wait(NULL) > 0) continue;
}
