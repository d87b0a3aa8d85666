// A process asks where it is while its folder is moved.
// outcome: /old => ok
// outcome: /new => ok
// source: argument; getcwd(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char path[4096];
    mkdir("old", 0700);
    chdir("old");
    if (fork() == 0) { rename("../old", "../new"); _exit(0); }
    puts(strrchr(getcwd(path, sizeof path), '/'));
    wait(NULL);
}
