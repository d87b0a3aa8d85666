// A server's socket gets its name only once it listens, by rename(2).
// outcome: connected => ok
// outcome: refused => ok
// source: argument; unix(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct sockaddr_un a = {AF_UNIX, "s"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un b = {AF_UNIX, "tmp"};
    bind(s, (void *)&b, sizeof b); listen(s, 5);
    if (!fork()) { rename("tmp", "s"); exit(0); }
    int c = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("%s\n", connect(c, (void *)&a, sizeof a) == 0 ? "connected" : "refused");
    while (wait(NULL) > 0) continue;
}
