// The number of names of a symbolic link, while another one is made.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; lstat(2), link(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct stat info;
    symlink("nowhere", "a");
    if (fork() == 0) { link("a", "b"); _exit(0); }
    lstat("a", &info);
    printf("%d\n", (int)info.st_nlink);
    wait(NULL);
}
