// Two clients send datagrams to a name; the server says them as they come.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; unix(7)
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
    int server = socket(AF_UNIX, SOCK_DGRAM, 0);
    bind(server, (void *)&name, sizeof name);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char c = 'a' + i;
            int s = socket(AF_UNIX, SOCK_DGRAM, 0);
            sendto(s, &c, 1, 0, (void *)&name, sizeof name);
            _exit(0);
        }
    for (int i = 0; i < 2; i++) { recv(server, &x, 1, 0); printf("%c\n", x); }
    while (wait(NULL) > 0) continue;
}
