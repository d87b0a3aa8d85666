// The same of TCP: that the connection was reset is told once, to whoever reads or writes first.
// outcome: send ECONNRESET | recv end => ok
// outcome: recv end | send ECONNRESET => ok
// outcome: recv ECONNRESET | send EPIPE => ok
// outcome: send EPIPE | recv ECONNRESET => ok
// source: argument; sock_error() in include/net/sock.h of Linux, tcp_reset() in net/ipv4/tcp_input.c
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
    char c;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    bind(server, (void *)&name, size);
    listen(server, 5);
    getsockname(server, (void *)&name, &size);
    connect(s, (void *)&name, size);
    int accepted = accept(server, NULL, NULL);
    send(s, "x", 1, 0);
    close(accepted);
    if (fork() == 0) {
        ssize_t sent = send(s, "y", 1, 0);
        printf("send %s\n", sent < 0 ? strerrorname_np(errno) : "well");
        _exit(0);
    }
    if (fork() == 0) {
        ssize_t got = recv(s, &c, 1, 0);
        printf("recv %s\n", got < 0 ? strerrorname_np(errno) : "end");
        _exit(0);
    }
    while (wait(NULL) > 0) {
    }
}
