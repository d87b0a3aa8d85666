// Who may open no more descriptors accepts nobody, and whoever waits goes on waiting.
// outcome: EMFILE | accepted => ok
// source: argument; accept(2), getrlimit(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {AF_UNIX, "socket"};
    struct rlimit limit, none;
    int server = socket(AF_UNIX, SOCK_STREAM, 0), s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (void *)&name, sizeof name);
    listen(server, 5);
    if (fork() == 0) {
        connect(s, (void *)&name, sizeof name);
        _exit(0);
    }
    wait(NULL);
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = s + 1;
    setrlimit(RLIMIT_NOFILE, &none);
    puts(accept(server, NULL, NULL) < 0 ? strerrorname_np(errno) : "accepted");
    setrlimit(RLIMIT_NOFILE, &limit);
    puts(accept(server, NULL, NULL) < 0 ? strerrorname_np(errno) : "accepted");
}
