// A child does not inherit its parent's lock of fcntl(2): it waits until the parent frees it.
// outcome: parent | child => ok
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
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    fcntl(file, F_SETLK, &all);
    if (fork() == 0) { fcntl(file, F_SETLKW, &all); puts("child"); exit(0); }
    puts("parent");
    all.l_type = F_UNLCK;
    fcntl(file, F_SETLK, &all);
    wait(NULL);
}
