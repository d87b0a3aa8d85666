// A client is connected as soon as the server listens; nobody has to accept for that.
// outcome: connected | accepted => ok
// outcome: accepted | connected => ok
// source: argument; listen(2): accept(2) may return before the client goes on
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    if (fork() == 0) {
        int s = socket(AF_UNIX, SOCK_STREAM, 0);
        connect(s, (void *)&name, sizeof name);
        puts("connected");
        exit(0);
    }
    accept(server, NULL, NULL);
    puts("accepted");
    wait(NULL);
}
