// Several messages are sent by one call, and somebody else's comes in between.
// outcome: abc => ok
// outcome: acb => ok
// outcome: cab => ok
// source: argument; sendmmsg(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int s[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    if (!fork()) {
        struct iovec v[2] = {{"a", 1}, {"b", 1}};
        struct mmsghdr m[2] = {{{.msg_iov = &v[0], .msg_iovlen = 1}}, {{.msg_iov = &v[1], .msg_iovlen = 1}}};
        sendmmsg(s[1], m, 2, 0);
        exit(0);
    }
    if (!fork()) { send(s[1], "c", 1, 0); exit(0); }
    char b[4] = "";
    for (int i = 0; i < 3; i++) recv(s[0], b + i, 1, 0);
    printf("%s\n", b);
    while (wait(NULL) > 0) continue;
}
