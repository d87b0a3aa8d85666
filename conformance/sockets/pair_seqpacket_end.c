// SOCK_SEQPACKET keeps borders and has an end of file.
// outcome: a | bc | end => ok
// source: unix(7), socket(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    int s[2], n;
    char text[10];
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
    if (fork() == 0) { close(s[0]); write(s[1], "a", 1); write(s[1], "bc", 2); _exit(0); }
    close(s[1]);
    while ((n = read(s[0], text, 10)) > 0) printf("%.*s\n", n, text);
    puts("end");
}
