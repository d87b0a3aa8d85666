// The child moves the offset that it shares with its parent, who reads a byte.
// outcome: 0 => ok
// outcome: 5 => ok
// source: argument; lseek(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char c;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "0123456789", 10);
    lseek(file, 0, SEEK_SET);
    if (fork() == 0) { lseek(file, 5, SEEK_SET); _exit(0); }
    read(file, &c, 1);
    printf("%c\n", c);
    wait(NULL);
}
