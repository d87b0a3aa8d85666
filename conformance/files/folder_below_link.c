// A folder is made by a path with a link in it, and looked for by one without.
// outcome: none => ok
// outcome: there => ok
// source: argument; path_resolution(7)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("x", 0700); symlink("x", "d");
    if (!fork()) { mkdir("d/sub", 0700); exit(0); }
    printf("%s\n", access("x/sub", F_OK) ? "none" : "there"); while (wait(NULL) > 0) continue;
}
