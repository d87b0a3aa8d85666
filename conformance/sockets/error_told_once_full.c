// The error of a socket is told once also where whoever writes has waited for room before.
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
    int s[2], little = 1;
    char bytes[1000] = {0};
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
    setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
    while (send(s[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
    if (fork() == 0) {
        close(s[1]);
        ssize_t sent = send(s[0], bytes, sizeof bytes, 0);
        printf("send %s\n", sent < 0 ? strerrorname_np(errno) : "well");
        _exit(0);
    }
    if (fork() == 0) {
        close(s[1]);
        ssize_t got = recv(s[0], bytes, 1, 0);
        printf("recv %s\n", got < 0 ? strerrorname_np(errno) : "end");
        _exit(0);
    }
    close(s[0]);
    close(s[1]);
    while (wait(NULL) > 0) {
    }
}
