// On a stream one read takes one write or two.
// outcome: ab => ok
// outcome: a b => ok
// source: argument; unix(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    int s[2], n;
    char text[10];
    const char *gap = "";
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) { close(s[0]); write(s[1], "a", 1); write(s[1], "b", 1); _exit(0); }
    close(s[1]);
    while ((n = read(s[0], text, 10)) > 0) { printf("%s%.*s", gap, n, text); gap = " "; }
    puts("");
}
