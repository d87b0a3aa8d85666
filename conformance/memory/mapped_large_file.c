// A file of two megabytes is mapped by one process, and written to with pwrite by another one.
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
    int file = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(file, SIZE);
    write(file, "a", 1);
    if (fork() == 0) { pwrite(file, "b", 1, 0); _exit(0); }
    volatile char *text = mmap(0, SIZE, PROT_READ, MAP_SHARED, file, 0);
    printf("%c\n", text[0]);
    wait(NULL);
}
