// A private mapping of a file, once written to, no longer sees what others write into the file.
// outcome: a b => ok
// source: argument; mmap(2), MAP_PRIVATE
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char c;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, ".", 1);
    volatile char *text = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    text[0] = 'a';
    if (fork() == 0) { pwrite(file, "b", 1, 0); _exit(0); }
    wait(NULL);
    pread(file, &c, 1, 0);
    printf("%c %c\n", text[0], c);
}
