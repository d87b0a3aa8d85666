// A file is shortened by opening it by its descriptor.
// outcome: 0 => ok
// outcome: 3 => ok
// source: argument; proc_pid_fd(5), open(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char path[40];
    struct stat stat;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "abc", 3);
    if (fork() == 0) {
        sprintf(path, "/proc/self/fd/%d", file);
        open(path, O_WRONLY | O_TRUNC);
        _exit(0);
    }
    fstat(file, &stat);
    printf("%d\n", (int)stat.st_size);
    wait(NULL);
}
