// A server closes its connection first, which keeps its port from being bound again for a minute; but it is bound only once. Then both make a folder.
// outcome: a makes it | b finds it => ok
// outcome: b finds it | a makes it => ok
// outcome: b makes it | a finds it => ok
// outcome: a finds it | b makes it => ok
// source: argument; tcp(7)
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons(5555), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    char byte;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (bind(listener, (struct sockaddr *)&port, sizeof port) < 0) { puts("not bound"); exit(1); }
    listen(listener, 1);
    if (fork() == 0) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        connect(client, (struct sockaddr *)&port, sizeof port);
        read(client, &byte, 1);
        puts(mkdir("d", 0777) == 0 ? "b makes it" : "b finds it");
        exit(0);
    }
    close(accept(listener, NULL, NULL));
    puts(mkdir("d", 0777) == 0 ? "a makes it" : "a finds it");
    wait(NULL);
}
