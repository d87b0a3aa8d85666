// The size of a file that has no name any more.
// outcome: 0 => ok
// outcome: 3 => ok
// source: argument; fstat(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int f = open("x", O_CREAT | O_RDWR, 0600); unlink("x");
    if (!fork()) { write(f, "abc", 3); exit(0); }
    struct stat s; fstat(f, &s);
    printf("%d\n", (int)s.st_size);
    while (wait(NULL) > 0) continue;
}
