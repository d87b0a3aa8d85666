// The child locks a file of the working directory, maps it, and closes it: the mapping keeps the open file, and so the lock, until the child ends.
// outcome: -1 0 => ok
// source: argument; flock(2), mmap(2) ("closing the file descriptor does not unmap the region"); seen in plain runs
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    int ready[2], go[2];
    char byte;
    if (ftruncate(fd, 4096) != 0 || pipe(ready) != 0 || pipe(go) != 0) return 1;
    if (fork() == 0) {
        int own = open("file", O_RDWR);
        flock(own, LOCK_EX);
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
        close(own);
        write(ready[1], "x", 1);
        read(go[0], &byte, 1);
        _exit(0);
    }
    read(ready[0], &byte, 1);
    int first = flock(fd, LOCK_EX | LOCK_NB);
    write(go[1], "x", 1);
    wait(NULL);
    printf("%d %d\n", first, flock(fd, LOCK_EX | LOCK_NB));
}
