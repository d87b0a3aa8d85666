// Two shared locks let each other in: nobody waits, though neither is freed before its holder's end.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; flock(2), LOCK_SH
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("file", O_CREAT | O_RDWR, 0600));
    if (fork() == 0) { flock(open("file", O_RDWR), LOCK_SH); puts("a"); exit(0); }
    flock(open("file", O_RDWR), LOCK_SH);
    puts("b");
    wait(NULL);
}
