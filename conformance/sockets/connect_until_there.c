// A client tries again and again, with naps, to reach a server that is yet to listen.
// outcome: reached => ok
// source: argument
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    if (fork() == 0) {
        for (;;) {
            int fd = socket(AF_UNIX, SOCK_STREAM, 0);
            if (connect(fd, (struct sockaddr *)&name, sizeof name) == 0) break;
            close(fd);
            usleep(1000);
        }
        write(1, "reached\n", 8);
        _exit(0);
    }
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&name, sizeof name);
    listen(server, 1);
    wait(NULL);
}
