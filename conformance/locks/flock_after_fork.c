// The parent waits for a lock that its child holds.
// outcome: child | parent => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int mine = open("file", O_CREAT | O_RDWR, 0600);
    flock(mine, LOCK_EX);
    if (fork() == 0) { puts("child"); flock(mine, LOCK_UN); exit(0); }
    flock(open("file", O_RDWR), LOCK_EX);
    puts("parent");
    wait(NULL);
}
