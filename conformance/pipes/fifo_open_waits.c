// Opening a FIFO waits for the other end: who opens it to read goes on only when somebody opens it to write.
// outcome: child opens | opened => ok
// source: argument; fifo(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkfifo("fifo", 0600);
    if (fork() == 0) { puts("child opens"); open("fifo", O_WRONLY); exit(0); }
    open("fifo", O_RDONLY);
    puts("opened");
    wait(NULL);
}
