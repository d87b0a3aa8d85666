// Two processes share one end and send a datagram each.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char text[10];
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { char c = 'a' + i; send(s[1], &c, 1, 0); _exit(0); }
    for (int i = 0; i < 2; i++) { recv(s[0], text, 10, 0); printf("%c\n", text[0]); }
    while (wait(NULL) > 0) continue;
}
