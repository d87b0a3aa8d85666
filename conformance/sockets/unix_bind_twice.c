// Two processes bind the same name: one of them is told that it is in use.
// outcome: a bound | b in use => ok
// outcome: b in use | a bound => ok
// outcome: b bound | a in use => ok
// outcome: a in use | b bound => ok
// source: argument; bind(2)
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
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            int s = socket(AF_UNIX, SOCK_STREAM, 0);
            printf("%c %s\n", 'a' + i, bind(s, (void *)&name, sizeof name) == 0 ? "bound" : "in use");
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
