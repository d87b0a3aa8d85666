// A question and an answer over a socket pair: one order.
// outcome: asks | answers | hears yes => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char text[10];
    setvbuf(stdout, NULL, _IOLBF, 0);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) { read(s[1], text, 10); puts("answers"); write(s[1], "yes", 3); exit(0); }
    puts("asks");
    write(s[0], "?", 1);
    int n = read(s[0], text, 10);
    printf("hears %.*s\n", n, text);
    wait(NULL);
}
