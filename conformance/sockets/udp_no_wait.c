// A datagram on loopback is there, or not yet.
// outcome: got => ok
// outcome: EAGAIN => ok
// source: argument; udp(7)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof name;
    char x;
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    if (fork() == 0) { sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (void *)&name, length); _exit(0); }
    puts(recv(server, &x, 1, MSG_DONTWAIT) == 1 ? "got" : errno == EAGAIN ? "EAGAIN" : "?");
    wait(NULL);
}
