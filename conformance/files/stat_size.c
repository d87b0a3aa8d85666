// A file grows by two writes; its size is asked for meanwhile.
// outcome: 0 => ok
// outcome: 2 => ok
// outcome: 5 => ok
// source: argument; stat(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct stat info;
    int file = open("file", O_CREAT | O_WRONLY, 0600);
    if (fork() == 0) { write(file, "ab", 2); write(file, "cde", 3); _exit(0); }
    stat("file", &info);
    printf("%d\n", (int)info.st_size);
    wait(NULL);
}
