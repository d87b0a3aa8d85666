// The number of a file's names, while one is added and the first removed.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; fstat(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct stat info;
    int file = open("a", O_CREAT | O_WRONLY, 0600);
    if (fork() == 0) { link("a", "b"); unlink("a"); _exit(0); }
    fstat(file, &info);
    printf("%d\n", (int)info.st_nlink);
    wait(NULL);
}
