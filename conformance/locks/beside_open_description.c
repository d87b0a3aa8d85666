// A process has one part of a file locked by fcntl(2), and waits for all of it, while an open file of another process has another part.
// outcome: child | parent => ok
// outcome: parent | child => ok
// source: argument; fcntl(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_RDWR | O_CREAT, 0600);
    struct flock first = {F_WRLCK, SEEK_SET, 0, 5}, second = {F_WRLCK, SEEK_SET, 10, 5}, all = {F_WRLCK, SEEK_SET, 0, 0};
    fcntl(file, F_SETLKW, &first);
    if (fork() == 0) {
        int own = open("file", O_RDWR);
        fcntl(own, F_OFD_SETLKW, &second);
        dprintf(1, "child\n");
        _exit(0);
    }
    fcntl(file, F_SETLKW, &all);
    dprintf(1, "parent\n");
    all.l_type = F_UNLCK;
    fcntl(file, F_SETLK, &all);
    wait(NULL);
}
