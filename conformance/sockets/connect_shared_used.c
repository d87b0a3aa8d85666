// The same, but the one who does not connect is the last to come, and has ended before the other connects, or not.
// outcome: sent => ok
// outcome: ENOTCONN => ok
// source: argument; send(2), unix(7)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    int server = socket(AF_UNIX, SOCK_STREAM, 0), s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    if (fork() == 0) {
        connect(s, (void *)&name, sizeof name);
        _exit(0);
    }
    if (fork() == 0) {
        puts(send(s, "x", 1, MSG_NOSIGNAL) == 1 ? "sent" : strerrorname_np(errno));
        fflush(stdout);
        _exit(0);
    }
    while (wait(NULL) > 0) {
    }
}
