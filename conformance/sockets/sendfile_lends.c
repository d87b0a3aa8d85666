// The same as pipes/sendfile_lends.c, through a pipe and then a pair of sockets.
// outcome: old => ok
// outcome: new => ok
// source: splice(2), sendfile(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], pair[2];
    char text[4] = "";
    int file = open("file", O_CREAT | O_RDWR, 0600);
    pwrite(file, "old", 3, 0);
    pipe(p);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    splice(file, &(off_t){0}, p[1], NULL, 3, 0);
    splice(p[0], NULL, pair[0], NULL, 3, 0);
    if (fork() == 0) { pwrite(file, "new", 3, 0); _exit(0); }
    read(pair[1], text, 3);
    puts(text);
    wait(NULL);
}
