// One call takes as many messages as there are: one or two.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; recvmmsg(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int s[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    if (!fork()) { send(s[1], "a", 1, 0); send(s[1], "b", 1, 0); exit(0); }
    char b[2][2] = {0};
    struct iovec v[2] = {{b[0], 1}, {b[1], 1}};
    struct mmsghdr m[2] = {{{.msg_iov = &v[0], .msg_iovlen = 1}}, {{.msg_iov = &v[1], .msg_iovlen = 1}}};
    int n = recvmmsg(s[0], m, 2, MSG_WAITFORONE, 0);
    printf("%d\n", n);
    while (wait(NULL) > 0) continue;
}
