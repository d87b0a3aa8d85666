// Two processes read a number from a file and write one more: an update may be lost.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char digit = '0';
    int file = open("count", O_CREAT | O_RDWR, 0600);
    pwrite(file, &digit, 1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { pread(file, &digit, 1, 0); digit++; pwrite(file, &digit, 1, 0); _exit(0); }
    while (wait(NULL) > 0) continue;
    pread(file, &digit, 1, 0);
    printf("%c\n", digit);
}
