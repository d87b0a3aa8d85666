// Datagrams keep their borders, and on a socket pair their order.
// outcome: a | bc => ok
// source: unix(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2], n;
    char text[10];
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    if (fork() == 0) { write(s[1], "a", 1); write(s[1], "bc", 2); _exit(0); }
    for (int i = 0; i < 2; i++) { n = read(s[0], text, 10); printf("%.*s\n", n, text); }
    wait(NULL);
}
