// Two processes wait for one client: one of them is given it; the other is ended.
// outcome: a => ok
// outcome: b => ok
// source: argument; accept(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    pid_t servers[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    for (int i = 0; i < 2; i++)
        if ((servers[i] = fork()) == 0) {
            int s = accept(server, NULL, NULL);
            printf("%c\n", 'a' + i);
            write(s, "x", 1);
            for (;;) pause();
        }
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    char x;
    connect(client, (void *)&name, sizeof name);
    read(client, &x, 1);
    for (int i = 0; i < 2; i++) kill(servers[i], SIGKILL);
    while (wait(NULL) > 0) continue;
}
