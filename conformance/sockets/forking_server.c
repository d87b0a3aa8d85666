// A server starts a process for each client; who is served first, and which client hears of its end first, is open.
// outcome: served a | a | served b | b => ok
// outcome: served a | served b | a | b => ok
// outcome: served a | served b | b | a => ok
// outcome: served b | b | served a | a => ok
// outcome: served b | served a | a | b => ok
// outcome: served b | served a | b | a => ok
// source: argument; accept(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    char c;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGCHLD, SIG_IGN);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            close(server);
            c = 'a' + i;
            int s = socket(AF_UNIX, SOCK_STREAM, 0);
            connect(s, (void *)&name, sizeof name);
            write(s, &c, 1);
            if (read(s, &c, 1) == 0) printf("%c\n", 'a' + i);
            _exit(0);
        }
    for (int i = 0; i < 2; i++) {
        int s = accept(server, NULL, NULL);
        if (fork() == 0) {
            close(server);
            read(s, &c, 1);
            printf("served %c\n", c);
            _exit(0);
        }
        close(s);
    }
}
