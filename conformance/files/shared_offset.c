// Parent and child read from one open file: they share its offset.
// outcome: child f | parent o => ok
// outcome: parent o | child f => ok
// outcome: child o | parent f => ok
// outcome: parent f | child o => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char c;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_TRUNC | O_RDWR, 0600);
    write(file, "fo", 2);
    lseek(file, 0, SEEK_SET);
    if (fork() == 0) { read(file, &c, 1); printf("child %c\n", c); exit(0); }
    read(file, &c, 1);
    printf("parent %c\n", c);
    wait(NULL);
}
