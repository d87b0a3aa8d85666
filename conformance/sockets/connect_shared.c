// Two processes have a socket, and one connects it: the other finds it connected, or not yet.
// outcome: connected => ok
// outcome: ENOTCONN => ok
// source: argument; getpeername(2), unix(7)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"}, peer;
    socklen_t size = sizeof peer;
    int server = socket(AF_UNIX, SOCK_STREAM, 0), s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    if (fork() == 0) {
        connect(s, (void *)&name, sizeof name);
        _exit(0);
    }
    puts(getpeername(s, (void *)&peer, &size) == 0 ? "connected" : strerrorname_np(errno));
    wait(NULL);
}
