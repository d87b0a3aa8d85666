// A child sets how long reads of a socket wait (SO_RCVTIMEO), while its parent begins to read: the read was told in time, or waits for ever.
// outcome: EAGAIN => ok
// outcome: (nothing) => deadlock
// source: argument; socket(7)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int pair[2];
    char x;
    struct timeval soon = {0, 1000};
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    if (fork() == 0) { setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon); _exit(0); }
    if (read(pair[0], &x, 1) < 0 && errno == EAGAIN) puts("EAGAIN");
    wait(NULL);
}
