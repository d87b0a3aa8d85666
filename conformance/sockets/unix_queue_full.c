// A connection that does not wait is refused for now when the queue is full, until the server accepts.
// outcome: EAGAIN => ok
// outcome: connected => ok
// source: argument; connect(2), listen(2): a backlog of 0 lets one wait
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
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 0);
    connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof name);
    if (fork() == 0) { accept(server, NULL, NULL); _exit(0); }
    int second = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    puts(connect(second, (void *)&name, sizeof name) == 0 ? "connected" : errno == EAGAIN ? "EAGAIN" : "?");
    wait(NULL);
}
