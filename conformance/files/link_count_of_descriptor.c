// A file without a name gets one, by its descriptor, while another process asks how many names it has.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; open(2), O_TMPFILE
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char path[40];
    struct stat seen;
    int file = open(".", O_TMPFILE | O_RDWR, 0600);
    if (fork() == 0) {
        sprintf(path, "/proc/self/fd/%d", file);
        linkat(AT_FDCWD, path, AT_FDCWD, "file", AT_SYMLINK_FOLLOW);
        _exit(0);
    }
    fstat(file, &seen);
    printf("%d\n", (int)seen.st_nlink);
    wait(NULL);
}
