// At the other end of a pair of sockets is, to SO_PEERCRED, whoever made the pair, and not who uses it.
// outcome: my parent made it => ok
// source: unix(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    if (fork() == 0) {
        struct ucred maker;
        socklen_t length = sizeof maker;
        getsockopt(ends[1], SOL_SOCKET, SO_PEERCRED, &maker, &length);
        puts(maker.pid == getppid() && maker.uid == getuid() ? "my parent made it" : "somebody else made it");
        return 0;
    }
    wait(NULL);
}
