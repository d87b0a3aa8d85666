// One takes a file its only name, while the other one opens it and gives it a second one by its descriptor: which it has to do while there is one.
// outcome: not there => ok
// outcome: linked => ok
// outcome: too late => ok
// source: argument; linkat(2): a file without any name left gets none
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char path[40];
    close(open("file", O_CREAT | O_WRONLY, 0600));
    if (fork() == 0) {
        unlink("file");
        _exit(0);
    }
    int file = open("file", O_RDONLY);
    sprintf(path, "/proc/self/fd/%d", file);
    if (file < 0)
        puts("not there");
    else
        puts(linkat(AT_FDCWD, path, AT_FDCWD, "other", AT_SYMLINK_FOLLOW) == 0 ? "linked" : "too late");
    wait(NULL);
}
