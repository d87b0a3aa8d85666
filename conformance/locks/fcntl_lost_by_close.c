// A lock of fcntl(2) is lost when its process closes any descriptor of the file: the other is let in.
// outcome: child locked => ok
// source: fcntl(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct flock all = {F_WRLCK, SEEK_SET, 0, 0};
    int file = open("file", O_CREAT | O_RDWR, 0600);
    fcntl(file, F_SETLK, &all);
    close(open("file", O_RDONLY));
    if (fork() == 0) { puts(fcntl(file, F_SETLK, &all) == 0 ? "child locked" : "child busy"); exit(0); }
    wait(NULL);
}
