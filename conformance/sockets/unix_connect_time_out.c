// Who listens has no place for another connection, and who wants one waits no longer than a second.
// outcome: in vain => ok
// source: socket(7), SO_SNDTIMEO; unix(7)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    struct timeval second = {1, 0};
    int server = socket(AF_UNIX, SOCK_STREAM, 0), first = socket(AF_UNIX, SOCK_STREAM, 0);
    int other = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&name, sizeof name);
    listen(server, 0);
    connect(first, (struct sockaddr *)&name, sizeof name);
    if (fork() == 0) _exit(0);
    setsockopt(other, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    if (connect(other, (struct sockaddr *)&name, sizeof name) < 0 && errno == EAGAIN) puts("in vain");
    wait(NULL);
}
