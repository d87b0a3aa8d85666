// A symbolic link means a file that is not there yet.
// outcome: none => ok
// outcome: there => ok
// source: argument; path_resolution(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    symlink("a", "cur");
    if (!fork()) { close(open("a", O_CREAT | O_WRONLY, 0600)); exit(0); }
    int f = open("cur", O_RDONLY);
    printf("%s\n", f < 0 ? "none" : "there");
    while (wait(NULL) > 0) continue;
}
