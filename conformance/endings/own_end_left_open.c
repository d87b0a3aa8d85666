// The parent forgot to close its own writing end: it waits for an end of file that cannot come.
// outcome: hello => deadlock
// source: pipe(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    if (fork() == 0) { write(p[1], "hello\n", 6); _exit(0); }
    while (read(p[0], &x, 1) > 0) putchar(x);
    puts("end");
}
