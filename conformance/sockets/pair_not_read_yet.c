// A sender asks how much of what it sent was not read yet.
// outcome: all => ok
// outcome: nothing => ok
// source: argument; unix(7), SIOCOUTQ
#define _GNU_SOURCE
#include <linux/sockios.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char byte;
    int ends[2], waiting = -1;
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    write(ends[0], "x", 1);
    if (fork() == 0) { read(ends[1], &byte, 1); _exit(0); }
    ioctl(ends[0], SIOCOUTQ, &waiting);
    puts(waiting == 0 ? "nothing" : "all");
    wait(NULL);
}
