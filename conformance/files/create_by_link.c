// A file is made through a symbolic link, and looked for by its own name.
// outcome: none => ok
// outcome: there => ok
// source: argument; open(2), O_CREAT
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    symlink("a", "cur");
    if (!fork()) { close(open("cur", O_CREAT | O_WRONLY, 0600)); exit(0); }
    printf("%s\n", access("a", F_OK) ? "none" : "there"); while (wait(NULL) > 0) continue;
}
