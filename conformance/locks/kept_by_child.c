// The parent closes its locked descriptor; the child's copy keeps the lock until its end.
// outcome: child | parent => ok
// source: flock(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    flock(file, LOCK_EX);
    if (fork() == 0) { puts("child"); exit(0); }
    close(file);
    flock(open("file", O_RDWR), LOCK_EX);
    puts("parent");
    wait(NULL);
}
