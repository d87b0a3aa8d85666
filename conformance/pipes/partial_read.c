// A read of two bytes from a pipe gets what is there: one byte or two.
// outcome: 1 1 1 => ok
// outcome: 1 2 => ok
// outcome: 2 1 => ok
// source: argument; pipe(7): three writes of a byte, reads of up to two bytes
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], n;
    char text[2];
    const char *gap = "";
    pipe(p);
    if (fork() == 0) {
        for (int i = 0; i < 3; i++) write(p[1], "x", 1);
        _exit(0);
    }
    close(p[1]);
    while ((n = read(p[0], text, sizeof text)) > 0) { printf("%s%d", gap, n); gap = " "; }
    puts("");
    wait(NULL);
}
