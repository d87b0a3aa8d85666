// Two children speak, take a number out of a pipe, put back the next one, and say which they got.
// outcome: a | a0 | b | b1 => ok
// outcome: a | b | a0 | b1 => ok
// outcome: a | b | b1 | a0 => ok
// outcome: b | a | a0 | b1 => ok
// outcome: b | a | b1 | a0 => ok
// outcome: b | b0 | a | a1 => ok
// outcome: b | a | b0 | a1 => ok
// outcome: b | a | a1 | b0 => ok
// outcome: a | b | b0 | a1 => ok
// outcome: a | b | a1 | b0 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char number;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    write(p[1], "0", 1);
    for (char name = 'a'; name <= 'b'; name++)
        if (fork() == 0) {
            printf("%c\n", name);
            read(p[0], &number, 1);
            number++;
            write(p[1], &number, 1);
            printf("%c%c\n", name, number - 1);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
