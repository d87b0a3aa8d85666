// After shutdown(2) the other end is told at once, though not all have closed the socket: before or after one of them does.
// outcome: closes | end => ok
// outcome: end | closes => ok
// source: shutdown(2)
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s[2];
    char c;
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    if (fork() == 0) {
        shutdown(s[0], SHUT_WR);
        _exit(0);
    }
    if (fork() == 0) {
        close(s[0]);
        read(s[1], &c, 1);
        write(1, "end\n", 4);
        _exit(0);
    }
    write(1, "closes\n", 7);
    close(s[0]);
    while (wait(NULL) > 0) {
    }
}
