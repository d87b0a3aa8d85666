// What is mapped privately, and not written to, shows what another process writes to the file.
// outcome: a => ok
// outcome: b => ok
// source: argument; mmap(2), MAP_PRIVATE: POSIX leaves it open, and Linux shows it
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "a\n", 2);
    if (fork() == 0) { pwrite(file, "b", 1, 0); _exit(0); }
    char *text = mmap(0, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    printf("%c\n", text[0]);
    wait(NULL);
}
