// Questions over TCP, each of which is answered in two small writes: what is written is read, though nothing more is sent for it.
// outcome: done => ok
// source: argument; tcp(7): without TCP_NODELAY a little is kept back, but only for a while
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(5555), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int listener = socket(AF_INET, SOCK_STREAM, 0); char b[2];
    bind(listener, (struct sockaddr *)&to, sizeof to);
    listen(listener, 1);
    if (!fork()) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        connect(s, (struct sockaddr *)&to, sizeof to);
        for (int round = 0; round < 4; round++) {
            write(s, "q", 1);
            for (int n = 0; n < 2;) n += read(s, b, 2 - n);
        }
        printf("done\n");
        exit(0);
    }
    int c = accept(listener, 0, 0);
    while (read(c, b, 1) > 0) { write(c, "x", 1); write(c, "y", 1); }
    wait(0);
}
