// bind(2) makes a file, for which another process looks.
// outcome: no => ok
// outcome: yes => ok
// source: argument; unix(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!fork()) {
        struct sockaddr_un a = {AF_UNIX, "s"};
        int s = socket(AF_UNIX, SOCK_STREAM, 0);
        bind(s, (void *)&a, sizeof a);
        exit(0);
    }
    printf("%s\n", access("s", F_OK) == 0 ? "yes" : "no");
    while (wait(NULL) > 0) continue;
}
