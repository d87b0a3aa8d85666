// Two processes poll one pipe with one byte; both may be told of it, and one of them reads it: the reads do not wait.
// outcome: a | end => ok
// outcome: b | end => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe2(p, O_NONBLOCK);
    write(p[1], "x", 1);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            struct pollfd in = {p[0], POLLIN};
            if (poll(&in, 1, 0) == 1 && read(p[0], &x, 1) == 1) printf("%c\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
    puts("end");
}
