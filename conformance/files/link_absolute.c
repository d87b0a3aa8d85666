// The size of a file is asked through a symbolic link to its whole path.
// outcome: 0 => ok
// outcome: 3 => ok
// source: argument; stat(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    char here[4096], to[4200];
    getcwd(here, 4096);
    sprintf(to, "%s/a", here);
    symlink(to, "cur");
    int f = open("a", O_CREAT | O_WRONLY, 0600);
    if (!fork()) { write(f, "abc", 3); exit(0); }
    struct stat s;
    stat("cur", &s);
    printf("%d\n", (int)s.st_size);
    while (wait(NULL) > 0) continue;
}
