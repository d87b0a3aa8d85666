// A file is shortened by opening what /proc shows of a descriptor, under the number of the process.
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
    struct stat seen;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "abc", 3);
    if (fork() == 0) {
        sprintf(path, "/proc/%d/fd/%d", getpid(), file);
        open(path, O_WRONLY | O_TRUNC);
        _exit(0);
    }
    fstat(file, &seen);
    printf("%d\n", (int)seen.st_size);
    wait(NULL);
}
