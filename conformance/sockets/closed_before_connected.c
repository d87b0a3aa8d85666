// The other end of a connection is closed when all have closed it, also who has done so before it was connected.
// outcome: child | end => ok
// source: argument; close(2)
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    char c;
    int server = socket(AF_UNIX, SOCK_STREAM, 0), s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    if (fork() == 0) {
        write(1, "child\n", 6);
        _exit(0);
    }
    if (fork() == 0) {
        connect(s, (void *)&name, sizeof name);
        _exit(0);
    }
    close(s);
    int accepted = accept(server, NULL, NULL);
    read(accepted, &c, 1);
    write(1, "end\n", 4);
    while (wait(NULL) > 0) {
    }
}
