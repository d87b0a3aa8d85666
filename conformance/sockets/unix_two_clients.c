// Two clients connect and say their names; the server accepts one after the other.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; accept(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char c = 'a' + i;
            int s = socket(AF_UNIX, SOCK_STREAM, 0);
            connect(s, (void *)&name, sizeof name);
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
