// A client and a server on loopback, one word each way.
// outcome: server hears a | client hears b => ok
// source: argument; tcp(7)
#define _GNU_SOURCE
#include <arpa/inet.h>
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
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    listen(server, 5);
    if (fork() == 0) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        connect(s, (void *)&name, length);
        write(s, "a", 1);
        read(s, &x, 1);
        printf("client hears %c\n", x);
        exit(0);
    }
    int s = accept(server, NULL, NULL);
    read(s, &x, 1);
    printf("server hears %c\n", x);
    write(s, "b", 1);
    wait(NULL);
}
