// An accept that does not wait: a client is there, or not yet.
// outcome: accepted => ok
// outcome: EAGAIN => ok
// source: argument; accept(2)
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
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    if (fork() == 0) { connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof name); _exit(0); }
    puts(accept(server, NULL, NULL) >= 0 ? "accepted" : errno == EAGAIN ? "EAGAIN" : "?");
    wait(NULL);
}
