// The end of file comes when both writers have ended, in any order.
// outcome: a | b | end => ok
// outcome: b | a | end => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    if (fork() == 0) { puts("a"); exit(0); }
    if (fork() == 0) { puts("b"); exit(0); }
    close(p[1]);
    read(p[0], &x, 1);
    puts("end");
}
