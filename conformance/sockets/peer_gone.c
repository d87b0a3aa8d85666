// The other end closes while this one sends: sent, or EPIPE.
// outcome: sent => ok
// outcome: EPIPE => ok
// source: argument; send(2), MSG_NOSIGNAL
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) _exit(0);
    close(s[1]);
    puts(send(s[0], "x", 1, MSG_NOSIGNAL) == 1 ? "sent" : errno == EPIPE ? "EPIPE" : "?");
    wait(NULL);
}
