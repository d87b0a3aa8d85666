// Two holders of a shared lock of fcntl(2) want it exclusively: the second to ask is refused, or is first to end.
// outcome: a alone | b alone => ok
// outcome: b alone | a alone => ok
// outcome: a refused | b alone => ok
// outcome: b refused | a alone => ok
// source: argument; fcntl(2), EDEADLK
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct flock shared = {F_RDLCK, SEEK_SET, 0, 0}, alone = {F_WRLCK, SEEK_SET, 0, 0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            fcntl(file, F_SETLKW, &shared);
            printf("%c %s\n", 'a' + i, fcntl(file, F_SETLKW, &alone) == 0 ? "alone" : "refused");
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
