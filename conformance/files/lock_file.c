// Two processes create the same file with O_EXCL: one of them does.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument
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
            if (open("lock", O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0) printf("%d\n", i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
    unlink("lock");
}
