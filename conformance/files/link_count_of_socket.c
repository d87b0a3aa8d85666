// The number of names of a socket in the file system, while one of two is removed.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; stat(2), unix(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct stat info;
    struct sockaddr_un name = {AF_UNIX, "a"};
    bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name);
    link("a", "b");
    if (fork() == 0) { unlink("b"); _exit(0); }
    stat("a", &info);
    printf("%d\n", (int)info.st_nlink);
    wait(NULL);
}
