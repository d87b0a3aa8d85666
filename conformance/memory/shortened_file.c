// A mapped file is shortened to nothing while it is read through the mapping.
// outcome: a => ok
// outcome: (nothing) => killed by SIGBUS
// source: argument; mmap(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "a", 1);
    volatile char *text = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
    if (fork() == 0) { ftruncate(file, 0); _exit(0); }
    printf("%c\n", text[0]);
    wait(NULL);
}
