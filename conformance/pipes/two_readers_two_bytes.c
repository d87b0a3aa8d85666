// Two readers share two bytes; each says what it got, or that it came too late.
// outcome: a 1 | b 2 => ok
// outcome: b 2 | a 1 => ok
// outcome: a 2 | b 1 => ok
// outcome: b 1 | a 2 => ok
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
    write(p[1], "12", 2);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { read(p[0], &x, 1); printf("%c %c\n", 'a' + i, x); exit(0); }
    while (wait(NULL) > 0) continue;
}
