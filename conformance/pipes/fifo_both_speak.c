// Both ends of a FIFO are open: both processes go on, in any order.
// outcome: reader | writer => ok
// outcome: writer | reader => ok
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
    if (fork() == 0) { open("fifo", O_WRONLY); puts("writer"); exit(0); }
    open("fifo", O_RDONLY);
    puts("reader");
    wait(NULL);
}
