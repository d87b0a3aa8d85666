// Before bind(2) there is no such name; then it is refused until listen(2); then it is connected.
// outcome: ENOENT => ok
// outcome: ECONNREFUSED => ok
// outcome: connected => ok
// source: argument; unix(7), connect(2)
#define _GNU_SOURCE
#include <errno.h>
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
    pid_t client = fork();
    if (client == 0) {
        int s = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(s, (void *)&name, sizeof name) == 0) puts("connected");
        else puts(errno == ENOENT ? "ENOENT" : errno == ECONNREFUSED ? "ECONNREFUSED" : "?");
        exit(0);
    }
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    waitpid(client, NULL, 0);
}
