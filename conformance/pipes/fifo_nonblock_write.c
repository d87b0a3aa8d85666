// Opening a FIFO to write without waiting fails as long as nobody reads.
// outcome: ENXIO => ok
// outcome: opened => ok
// source: argument; fifo(7)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkfifo("fifo", 0600);
    pid_t reader = fork();
    if (reader == 0) { open("fifo", O_RDONLY | O_NONBLOCK); _exit(0); }
    puts(open("fifo", O_WRONLY | O_NONBLOCK) >= 0 ? "opened" : errno == ENXIO ? "ENXIO" : "?");
    waitpid(reader, NULL, 0);
}
