// An urgent byte is there or not: to ask for it does not wait.
// outcome: ! => ok
// outcome: EINVAL => ok
// source: tcp(7)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    int c = socket(AF_INET, SOCK_STREAM, 0);
    connect(c, (void *)&name, length);
    int s = accept(server, NULL, NULL);
    if (fork() == 0) { send(c, "!", 1, MSG_OOB); _exit(0); }
    if (recv(s, &x, 1, MSG_OOB) == 1) printf("%c\n", x); else puts(errno == EINVAL ? "EINVAL" : strerror(errno));
    wait(NULL);
}
