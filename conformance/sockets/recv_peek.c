// A look at a byte leaves it there; the look finds the first byte, or the second if the first has been read.
// outcome: peek x | read x => ok
// outcome: read x | peek x => ok
// outcome: peek y | read x => ok
// outcome: read x | peek y => ok
// source: argument; recv(2), MSG_PEEK
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char x;
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    write(s[1], "xy", 2);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { recv(s[0], &x, 1, 0); printf("read %c\n", x); exit(0); }
    recv(s[0], &x, 1, MSG_PEEK);
    printf("peek %c\n", x);
    wait(NULL);
}
