// A server's name is removed while somebody connects to it.
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
    bind(s, (void *)&a, sizeof a); listen(s, 5);
    if (!fork()) { unlink("s"); exit(0); }
    int c = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("%s\n", connect(c, (void *)&a, sizeof a) == 0 ? "connected" : "refused");
    while (wait(NULL) > 0) continue;
}
