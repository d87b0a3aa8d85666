// One byte and an end of file: one reader gets the byte.
// outcome: a x => ok
// outcome: b x => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            close(p[1]);
            if (read(p[0], &x, 1) == 1) printf("%c %c\n", 'a' + i, x);
            exit(0);
        }
    write(p[1], "x", 1);
    close(p[1]);
    while (wait(NULL) > 0) continue;
}
