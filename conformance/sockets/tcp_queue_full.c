// There is no place for a second connection until the first was accepted: TCP asks again after a second.
// outcome: connected | accepted => ok
// outcome: accepted | connected => ok
// source: argument; listen(2), tcp(7)
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0), first = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&name, size);
    listen(server, 0);
    getsockname(server, (struct sockaddr *)&name, &size);
    connect(first, (struct sockaddr *)&name, size);
    if (fork() == 0) {
        int second = socket(AF_INET, SOCK_STREAM, 0);
        connect(second, (struct sockaddr *)&name, size);
        write(1, "connected\n", 10);
        _exit(0);
    }
    accept(server, 0, 0);
    accept(server, 0, 0);
    write(1, "accepted\n", 9);
    wait(NULL);
}
