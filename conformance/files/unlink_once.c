// Two processes remove one file: one of them does, the other does not find it.
// outcome: a removed | b not found => ok
// outcome: b not found | a removed => ok
// outcome: b removed | a not found => ok
// outcome: a not found | b removed => ok
// source: argument; unlink(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("file", O_CREAT | O_WRONLY, 0600));
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            printf("%c %s\n", 'a' + i, unlink("file") == 0 ? "removed" : "not found");
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
