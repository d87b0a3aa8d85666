// A file gets a second name by what /proc shows of a descriptor, under the number of the process, while another one asks by the first how many it has.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; proc_pid_fd(5), linkat(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char path[40];
    struct stat seen;
    int file = open("first", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        sprintf(path, "/proc/%d/fd/%d", getpid(), file);
        linkat(AT_FDCWD, path, AT_FDCWD, "second", AT_SYMLINK_FOLLOW);
        _exit(0);
    }
    stat("first", &seen);
    printf("%d\n", (int)seen.st_nlink);
    wait(NULL);
}
