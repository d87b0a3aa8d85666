// Whoever closes a connection of TCP first keeps its port for a while: a server that did cannot have the same one again at once.
// outcome: bound => ok
// outcome: EADDRINUSE => ok
// source: argument; tcp(7), SO_REUSEADDR of socket(7)
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (void *)&name, size);
    listen(server, 5);
    getsockname(server, (void *)&name, &size);
    if (fork() == 0) {
        close(server);
        int s = socket(AF_INET, SOCK_STREAM, 0);
        connect(s, (void *)&name, size);
        close(s);
        _exit(0);
    }
    int accepted = accept(server, NULL, NULL);
    close(server);
    close(accepted);
    wait(NULL);
    server = socket(AF_INET, SOCK_STREAM, 0);
    puts(bind(server, (void *)&name, size) == 0 ? "bound" : strerrorname_np(errno));
}
