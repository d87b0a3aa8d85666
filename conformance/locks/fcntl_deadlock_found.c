// Locks of fcntl(2) in opposite order: the kernel finds the deadlock and refuses the second of the two waits.
// outcome: a both | b both => ok
// outcome: b both | a both => ok
// outcome: a refused | b both => ok
// outcome: b refused | a both => ok
// source: argument; fcntl(2), EDEADLK; a refused process ends, and so frees its lock
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int file, int start) {
    struct flock region = {F_WRLCK, SEEK_SET, start, 1};
    return fcntl(file, F_SETLKW, &region);
}
int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            lock(file, i);
            printf("%c %s\n", 'a' + i, lock(file, 1 - i) == 0 ? "both" : "refused");
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
