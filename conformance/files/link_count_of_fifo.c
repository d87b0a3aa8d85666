// The number of names of a FIFO, asked by its name and by a descriptor, while one of two is removed.
// outcome: 2 2 => ok
// outcome: 2 1 => ok
// outcome: 1 1 => ok
// source: argument; stat(2), fifo(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct stat by_name, by_descriptor;
    mkfifo("a", 0600);
    link("a", "b");
    int fifo = open("a", O_RDWR);
    if (fork() == 0) { unlink("b"); _exit(0); }
    stat("a", &by_name);
    fstat(fifo, &by_descriptor);
    printf("%d %d\n", (int)by_name.st_nlink, (int)by_descriptor.st_nlink);
    wait(NULL);
}
