// An open file has a lock on one part, and waits for another part, which another open file has.
// outcome: child | parent => ok
// outcome: parent | child => ok
// source: argument; fcntl(2), open file description locks
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_RDWR | O_CREAT, 0600);
    struct flock first = {F_WRLCK, SEEK_SET, 0, 5}, second = {F_WRLCK, SEEK_SET, 10, 5};
    fcntl(file, F_OFD_SETLKW, &first);
    if (fork() == 0) {
        int own = open("file", O_RDWR);
        fcntl(own, F_OFD_SETLKW, &second);
        dprintf(1, "child\n");
        _exit(0);
    }
    fcntl(file, F_OFD_SETLKW, &second);
    dprintf(1, "parent\n");
    second.l_type = F_UNLCK;
    fcntl(file, F_OFD_SETLK, &second);
    wait(NULL);
}
