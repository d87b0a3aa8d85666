// select(2) looks at the lowest descriptor first, and at each of them once, whatever it wants to know of it.
// outcome: w => ok
// outcome: rw => ok
// outcome: w q => ok
// outcome: rw q => ok
// source: argument; select(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int pair[2], second[2];
    fd_set read_from, write_to;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    pipe(second);
    if (fork() == 0) { write(pair[1], "x", 1); write(second[1], "x", 1); _exit(0); }
    FD_ZERO(&read_from);
    FD_ZERO(&write_to);
    FD_SET(pair[0], &read_from);
    FD_SET(pair[0], &write_to);
    FD_SET(second[0], &read_from);
    int many = select(second[0] + 1, &read_from, &write_to, NULL, NULL);
    int r = FD_ISSET(pair[0], &read_from), w = FD_ISSET(pair[0], &write_to), q = FD_ISSET(second[0], &read_from);
    printf("%s%s%s\n", r ? "r" : "", w ? "w" : "", q ? " q" : "");
    if (many != !!r + !!w + !!q) puts("?");
    wait(NULL);
}
