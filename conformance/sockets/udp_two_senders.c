// Two processes send a datagram to one port on loopback.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; udp(7); loopback neither loses nor reorders within its buffer
#define _GNU_SOURCE
#include <arpa/inet.h>
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
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char c = 'a' + i;
            sendto(socket(AF_INET, SOCK_DGRAM, 0), &c, 1, 0, (void *)&name, length);
            _exit(0);
        }
    for (int i = 0; i < 2; i++) { recv(server, &x, 1, 0); printf("%c\n", x); }
    while (wait(NULL) > 0) continue;
}
