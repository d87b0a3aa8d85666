// Two clients on loopback; the server accepts one after the other.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; accept(2)
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
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (void *)&name, length);
    getsockname(server, (void *)&name, &length);
    listen(server, 5);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char c = 'a' + i;
            int s = socket(AF_INET, SOCK_STREAM, 0);
            connect(s, (void *)&name, length);
            write(s, &c, 1);
            _exit(0);
        }
    for (int i = 0; i < 2; i++) {
        int s = accept(server, NULL, NULL);
        read(s, &x, 1);
        printf("%c\n", x);
        close(s);
    }
    while (wait(NULL) > 0) continue;
}
