// A lock of fcntl(2) that does not wait, while another process has it for a moment.
// outcome: locked => ok
// outcome: busy => ok
// source: argument; fcntl(2), F_SETLK
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct flock all = {F_WRLCK, SEEK_SET, 0, 0};
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) { fcntl(file, F_SETLK, &all); _exit(0); }
    puts(fcntl(file, F_SETLK, &all) == 0 ? "locked" : "busy");
    wait(NULL);
}
