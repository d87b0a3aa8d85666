// ftruncate(2) shortens a file while it is read.
// outcome: abcd => ok
// outcome: ab => ok
// source: argument; ftruncate(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[10];
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "abcd", 4);
    if (fork() == 0) { ftruncate(file, 2); _exit(0); }
    int n = pread(file, text, sizeof text, 0);
    printf("%.*s\n", n, text);
    wait(NULL);
}
