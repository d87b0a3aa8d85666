// What a socket was sent and nobody has read becomes an error when the other end is closed: it is told once, to whoever reads or writes first.
// outcome: send ECONNRESET | recv end => ok
// outcome: recv end | send ECONNRESET => ok
// outcome: recv ECONNRESET | send EPIPE => ok
// outcome: send EPIPE | recv ECONNRESET => ok
// source: argument; sock_error() in include/net/sock.h of Linux, unix(7)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char c;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
    send(s[0], "x", 1, 0);
    close(s[1]);
    if (fork() == 0) {
        ssize_t sent = send(s[0], "y", 1, 0);
        printf("send %s\n", sent < 0 ? strerrorname_np(errno) : "well");
        _exit(0);
    }
    if (fork() == 0) {
        ssize_t got = recv(s[0], &c, 1, 0);
        printf("recv %s\n", got < 0 ? strerrorname_np(errno) : "end");
        _exit(0);
    }
    while (wait(NULL) > 0) {
    }
}
