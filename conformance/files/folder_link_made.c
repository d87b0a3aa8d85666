// A link to a folder is made while somebody looks through it.
// outcome: none => ok
// outcome: there => ok
// source: argument; path_resolution(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("x", 0700); close(open("x/f", O_CREAT | O_WRONLY, 0600));
    if (!fork()) { symlink("x", "d"); exit(0); }
    printf("%s\n", open("d/f", O_RDONLY) < 0 ? "none" : "there");
    while (wait(NULL) > 0) continue;
}
