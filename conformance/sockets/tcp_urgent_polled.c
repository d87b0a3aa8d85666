// A server that waits for an urgent byte only, and reads it when poll says so.
// outcome: urgent ! => ok
// source: tcp(7), poll(2)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof name; char x = '?';
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    listen(server, 5);
    if (fork() == 0) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        connect(s, (void *)&name, length);
        send(s, "!", 1, MSG_OOB);
        read(s, &x, 1);
        _exit(0);
    }
    int s = accept(server, NULL, NULL);
    struct pollfd p = {s, POLLPRI};
    poll(&p, 1, -1);
    recv(s, &x, 1, MSG_OOB);
    printf("urgent %c\n", x);
    fflush(stdout);
    close(s);
    wait(NULL);
}
