// A descriptor from before the fork has one offset: two writes follow each other.
// outcome: ab => ok
// outcome: ba => ok
// source: argument; fork(2), open(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[10];
    int file = open("log", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) { write(file, "a", 1); _exit(0); }
    write(file, "b", 1);
    wait(NULL);
    int n = pread(file, text, sizeof text, 0);
    printf("%.*s\n", n, text);
}
