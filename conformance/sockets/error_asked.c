// A server resets a connection, and its client asks whether there is an error (SO_ERROR).
// outcome: none => ok
// outcome: reset => ok
// source: argument; socket(7), tcp(7)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof name;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    listen(server, 5);
    if (fork() == 0) {
        int error = 0;
        socklen_t size = sizeof error;
        int s = socket(AF_INET, SOCK_STREAM, 0);
        connect(s, (void *)&name, length);
        getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
        printf("%s\n", error == ECONNRESET ? "reset" : "none");
        _exit(0);
    }
    int s = accept(server, NULL, NULL);
    struct linger at_once = {1, 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(s);
    wait(NULL);
}
