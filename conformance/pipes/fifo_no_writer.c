// Nobody ever opens the FIFO to write.
// outcome: (nothing) => deadlock
// source: fifo(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    mkfifo("fifo", 0600);
    if (fork() == 0) _exit(0);
    open("fifo", O_RDONLY);
    puts("opened");
}
