// Two processes read from one file of the system, which they have by one descriptor.
// outcome: child 1 | parent 2 => ok
// outcome: parent 2 | child 1 => ok
// outcome: child 2 | parent 1 => ok
// outcome: parent 1 | child 2 => ok
// source: argument; fork(2): the descriptors refer to the same open file
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char first, bytes[2];
    int file = open("/etc/passwd", O_RDONLY);
    read(file, &first, 1);
    lseek(file, 0, SEEK_SET);
    if (fork() == 0) {
        read(file, bytes, 1);
        dprintf(1, "child %d\n", bytes[0] == first ? 1 : 2);
        _exit(0);
    }
    read(file, bytes, 1);
    dprintf(1, "parent %d\n", bytes[0] == first ? 1 : 2);
    wait(NULL);
}
