// Neither accept on a socket for datagrams, nor a read of one that listens, waits for anything.
// outcome: cannot accept | cannot read | end => ok
// outcome: cannot accept | end | cannot read => ok
// outcome: end | cannot accept | cannot read => ok
// source: accept(2) (EOPNOTSUPP), recv(2) (ENOTCONN)
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int datagrams = socket(AF_INET, SOCK_DGRAM, 0), listener = socket(AF_INET, SOCK_STREAM, 0);
    char byte;
    setvbuf(stdout, NULL, _IOLBF, 0);
    bind(datagrams, (struct sockaddr *)&any, sizeof any);
    listen(listener, 1);
    if (fork() == 0) {
        puts(accept(datagrams, NULL, NULL) < 0 && errno == EOPNOTSUPP ? "cannot accept" : "?");
        puts(read(listener, &byte, 1) < 0 && errno == ENOTCONN ? "cannot read" : "?");
        exit(0);
    }
    puts("end");
    wait(NULL);
}
