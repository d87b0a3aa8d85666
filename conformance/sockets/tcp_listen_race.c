// A client on loopback connects to a port that is bound, before the server listens, or after.
// outcome: connected => ok
// outcome: refused => ok
// source: argument; connect(2), tcp(7)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    pid_t client = fork();
    if (client == 0) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        puts(connect(s, (void *)&name, length) == 0 ? "connected" : errno == ECONNREFUSED ? "refused" : "?");
        exit(0);
    }
    listen(server, 5);
    waitpid(client, NULL, 0);
}
