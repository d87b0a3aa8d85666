// A file of two megabytes is changed by a store into a mapping of it, and read with pread by another process.
// outcome: a => ok
// outcome: b => ok
// source: argument; mmap(2), MAP_SHARED
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    enum { SIZE = 2 << 20 };
    char byte;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(file, SIZE);
    write(file, "a", 1);
    if (fork() == 0) { pread(file, &byte, 1, 0); printf("%c\n", byte); return 0; }
    volatile char *text = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    text[0] = 'b';
    wait(NULL);
}
