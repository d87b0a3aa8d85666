// A client that connects before the server listens is refused.
// outcome: connected => ok
// outcome: refused => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    setvbuf(stdout, NULL, _IOLBF, 0);
    unlink("socket");
    if (fork() == 0) {
        int client = socket(AF_UNIX, SOCK_STREAM, 0);
        puts(connect(client, (void *)&name, sizeof name) == 0 ? "connected" : "refused");
        exit(0);
    }
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    wait(NULL);
}
