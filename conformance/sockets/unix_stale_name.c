// Two servers each remove a name that may be left over, and bind to it.
// outcome: a bound | b bound => ok
// outcome: b bound | a bound => ok
// outcome: a bound | b in use => ok
// outcome: b in use | a bound => ok
// outcome: b bound | a in use => ok
// outcome: a in use | b bound => ok
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
    struct sockaddr_un a = {AF_UNIX, "s"};
    for (int i = 0; i < 2; i++) if (!fork()) {
        int s = socket(AF_UNIX, SOCK_STREAM, 0);
        unlink("s");
        int ok = bind(s, (void *)&a, sizeof a) == 0;
        printf("%c %s\n", 'a' + i, ok ? "bound" : "in use");
        exit(0);
    }
    while (wait(NULL) > 0) continue;
}
