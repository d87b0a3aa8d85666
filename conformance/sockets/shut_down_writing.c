// shutdown(2) gives the other an end of file, while the way back is still open.
// outcome: end | back => ok
// source: shutdown(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) {
        if (read(s[1], &x, 1) == 0) puts("end");
        write(s[1], "x", 1);
        exit(0);
    }
    shutdown(s[0], SHUT_WR);
    if (read(s[0], &x, 1) == 1) puts("back");
    wait(NULL);
}
