// Two processes look whether a file is there, and make it if not: both may believe that they made it.
// outcome: a => ok
// outcome: b => ok
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument: a look and a creation are two steps
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
            if (access("file", F_OK) < 0) {
                close(open("file", O_CREAT | O_WRONLY, 0600));
                printf("%c\n", 'a' + i);
            }
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
