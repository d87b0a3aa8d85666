// Two processes take turns by a file that only one can make.
// outcome: in | out | in | out => ok
// source: argument; open(2), O_EXCL
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void turn(void) {
    int fd;
    while ((fd = open("lock", O_CREAT | O_EXCL | O_WRONLY, 0644)) < 0) usleep(1000);
    close(fd);
    write(1, "in\n", 3);
    write(1, "out\n", 4);
    unlink("lock");
}

int main(void) {
    if (fork() == 0) { turn(); _exit(0); }
    turn();
    wait(NULL);
}
