// Two list one open folder: each name is told to one of them.
// outcome: a all | b none => ok
// outcome: b none | a all => ok
// outcome: b all | a none => ok
// outcome: a none | b all => ok
// source: argument; getdents(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("x", O_CREAT | O_WRONLY, 0600));
    int f = open(".", O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 2; i++) if (!fork()) {
        char b[4096];
        int n = syscall(SYS_getdents64, f, b, 4096);
        printf("%c %s\n", 'a' + i, n > 0 ? "all" : "none");
        exit(0);
    }
    while (wait(NULL) > 0) continue;
}
