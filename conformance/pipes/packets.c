// A pipe in packet mode keeps the borders of its writes.
// outcome: 1 2 => ok
// source: pipe(2), O_DIRECT
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char text[10];
    pipe2(p, O_DIRECT);
    if (fork() == 0) { write(p[1], "a", 1); write(p[1], "bc", 2); _exit(0); }
    int first = read(p[0], text, sizeof text);
    int second = read(p[0], text, sizeof text);
    printf("%d %d\n", first, second);
    wait(NULL);
}
