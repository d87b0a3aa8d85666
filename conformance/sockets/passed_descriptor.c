// A descriptor goes over a socket; the receiver's write is read by the sender, who waits.
// outcome: child sends | parent reads x => ok
// source: argument; unix(7), SCM_RIGHTS
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2], p[2];
    char x = '.', space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {&x, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) {
        pipe(p);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), p, sizeof(int));
        puts("child sends");
        sendmsg(s[1], &message, 0);
        write(p[1], "x", 1);
        exit(0);
    }
    recvmsg(s[0], &message, 0);
    memcpy(p, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
    read(p[0], &x, 1);
    printf("parent reads %c\n", x);
    wait(NULL);
}
