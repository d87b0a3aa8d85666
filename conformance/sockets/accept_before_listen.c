// The child accepts from a socket on which its parent only now begins to listen: it fails, or waits for the connection.
// outcome: too early => ok
// outcome: accepted => ok
// source: argument; accept(2), listen(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "s"};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    bind(listener, (struct sockaddr *)&name, sizeof name);
    if (fork() == 0) {
        puts(accept(listener, NULL, NULL) >= 0 ? "accepted" : errno == EINVAL ? "too early" : "?");
        exit(0);
    }
    listen(listener, 1);
    connect(client, (struct sockaddr *)&name, sizeof name);
    wait(NULL);
}
