// A directory is removed while a file is made in it: one of the two fails.
// outcome: removed => ok
// outcome: made => ok
// source: argument; rmdir(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("dir", 0700);
    if (fork() == 0) { if (open("dir/file", O_CREAT | O_WRONLY, 0600) >= 0) puts("made"); exit(0); }
    if (rmdir("dir") == 0) puts("removed");
    wait(NULL);
}
