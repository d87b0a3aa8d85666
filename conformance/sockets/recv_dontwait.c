// MSG_DONTWAIT: the byte is there, or not yet.
// outcome: got => ok
// outcome: EAGAIN => ok
// source: argument; recv(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char x;
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) { send(s[1], "x", 1, 0); _exit(0); }
    puts(recv(s[0], &x, 1, MSG_DONTWAIT) == 1 ? "got" : errno == EAGAIN ? "EAGAIN" : "?");
    wait(NULL);
}
