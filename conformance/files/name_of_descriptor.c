// The name of an open file is asked for, which is removed meanwhile.
// outcome: /file => ok
// outcome: /file (deleted) => ok
// source: argument; proc_pid_fd(5)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char link[40], path[4096] = "";
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) { unlink("file"); _exit(0); }
    sprintf(link, "/proc/self/fd/%d", file);
    readlink(link, path, sizeof path - 1);
    puts(strrchr(path, '/'));
    wait(NULL);
}
