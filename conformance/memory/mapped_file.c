// The child stores into a mapped file; the parent reads the file.
// outcome: a => ok
// outcome: b => ok
// source: argument; mmap(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char c;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "a", 1);
    volatile char *text = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (fork() == 0) { text[0] = 'b'; _exit(0); }
    pread(file, &c, 1, 0);
    printf("%c\n", c);
    wait(NULL);
}
