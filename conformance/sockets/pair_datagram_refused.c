// Both children have the end at which is read, and the second one closes it and sends: which is refused only if the first has ended by then.
// outcome: sent => ok
// outcome: refused => ok
// source: argument; unix(7): nobody has the other end open (ECONNREFUSED)
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    pid_t first = fork();
    if (first == 0)
        _exit(0);
    pid_t second = fork();
    if (second == 0) {
        close(pair[1]);
        puts(send(pair[0], "x", 1, 0) == 1 ? "sent" : errno == ECONNREFUSED ? "refused" : "?");
        exit(0);
    }
    close(pair[1]);
    waitpid(first, NULL, 0);
    waitpid(second, NULL, 0);
}
