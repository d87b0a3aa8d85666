// One read takes what is there: one write, or both.
// outcome: hello | world => ok
// outcome: helloworld => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    int p[2], n;
    char text[100];
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    if (fork() == 0) { write(p[1], "hello", 5); write(p[1], "world", 5); exit(0); }
    close(p[1]);
    while ((n = read(p[0], text, sizeof text)) > 0) printf("%.*s\n", n, text);
}
