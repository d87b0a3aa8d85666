// select waits for nothing but an exceptional condition: an urgent byte.
// outcome: urgent | end => ok
// source: select(2), tcp(7), MSG_OOB of send(2)
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&name, size);
    listen(server, 1);
    getsockname(server, (struct sockaddr *)&name, &size);
    if (fork() == 0) {
        char end;
        int client = socket(AF_INET, SOCK_STREAM, 0);
        connect(client, (struct sockaddr *)&name, size);
        send(client, "!", 1, MSG_OOB);
        read(client, &end, 1);
        _exit(0);
    }
    int client = accept(server, 0, 0);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(client, &set);
    if (select(client + 1, 0, 0, &set, 0) == 1) write(1, "urgent\n", 7);
    close(client);
    wait(0);
    write(1, "end\n", 4);
}
