// Two processes try to lock a file, and do not wait.
// outcome: 0 locked | 1 locked => ok
// outcome: 1 locked | 0 locked => ok
// outcome: 0 locked | 1 busy => ok
// outcome: 1 busy | 0 locked => ok
// outcome: 1 locked | 0 busy => ok
// outcome: 0 busy | 1 locked => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("file", O_CREAT | O_RDWR, 0600));
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            printf("%d %s\n", i, flock(open("file", O_RDWR), LOCK_EX | LOCK_NB) == 0 ? "locked" : "busy");
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
