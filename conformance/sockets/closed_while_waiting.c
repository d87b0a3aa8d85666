// A server accepts one client and stops listening: the other one is refused, or cut off while it waits.
// outcome: a served | b reset => ok
// outcome: b reset | a served => ok
// outcome: b served | a reset => ok
// outcome: a reset | b served => ok
// outcome: a served | b refused => ok
// outcome: b refused | a served => ok
// outcome: b served | a refused => ok
// outcome: a refused | b served => ok
// source: argument; close(2) of a socket that listens
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    char c;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            close(server);
            int s = socket(AF_UNIX, SOCK_STREAM, 0);
            if (connect(s, (void *)&name, sizeof name) < 0)
                printf("%c refused\n", 'a' + i);
            else
                printf("%c %s\n", 'a' + i, read(s, &c, 1) == 1 ? "served" : "reset");
            _exit(0);
        }
    int s = accept(server, NULL, NULL);
    close(server);
    write(s, "x", 1);
}
