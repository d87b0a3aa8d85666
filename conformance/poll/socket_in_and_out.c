// A socket pair: one can always write, and read when the other has written.
// outcome: out => ok
// outcome: in out => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) { write(s[1], "x", 1); _exit(0); }
    struct pollfd both = {s[0], POLLIN | POLLOUT};
    poll(&both, 1, -1);
    printf("%s%s\n", both.revents & POLLIN ? "in " : "", both.revents & POLLOUT ? "out" : "");
    wait(NULL);
}
