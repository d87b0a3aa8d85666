// A receiver's name is removed while somebody sends to it.
// outcome: sent => ok
// outcome: not sent => ok
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
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);
    bind(s, (void *)&a, sizeof a);
    if (!fork()) { unlink("s"); exit(0); }
    int c = socket(AF_UNIX, SOCK_DGRAM, 0);
    printf("%s\n", sendto(c, "x", 1, 0, (void *)&a, sizeof a) == 1 ? "sent" : "not sent");
    while (wait(NULL) > 0) continue;
}
