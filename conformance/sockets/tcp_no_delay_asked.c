// Whether a connection sends at once is what was asked of it, or of the socket that listened when it came about.
// outcome: 0 0 1 0 => ok
// outcome: 0 0 1 1 => ok
// source: tcp(7), TCP_NODELAY
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int asked(int socket) {
    int value = 9;
    socklen_t length = sizeof value;
    getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &value, &length);
    return value != 0 ? 1 : 0;
}

int main(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof name;
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    bind(listener, (struct sockaddr *)&name, length);
    listen(listener, 2);
    getsockname(listener, (struct sockaddr *)&name, &length);
    if (fork() == 0) {
        for (int n = 0; n < 2; n++) {
            int caller = socket(AF_INET, SOCK_STREAM, 0);
            connect(caller, (struct sockaddr *)&name, length);
            char c;
            read(caller, &c, 1);
        }
        _exit(0);
    }
    int first = accept(listener, NULL, NULL);
    int before = asked(first);
    int heard = asked(listener);
    close(first);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int second = accept(listener, NULL, NULL);
    printf("%d %d %d %d\n", before, heard, asked(listener), asked(second));
    close(second);
    wait(NULL);
}
