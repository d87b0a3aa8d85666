// A lock of the open description is shared with the child that inherits it, and kept from one who opens the file anew.
// outcome: same 0 | new -1 => ok
// source: fcntl(2), F_OFD_SETLK
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
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    fcntl(file, F_OFD_SETLK, &all);
    if (fork() == 0) {
        printf("same %d\n", fcntl(file, F_OFD_SETLK, &all));
        printf("new %d\n", fcntl(open("file", O_RDWR), F_OFD_SETLK, &all));
        exit(0);
    }
    wait(NULL);
}
