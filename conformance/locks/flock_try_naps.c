// Two processes try again and again, with naps, to lock a file.
// outcome: in | out | in | out => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static void turn(void) {
    int fd = open("lock", O_CREAT | O_RDWR, 0644);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) usleep(1000);
    write(1, "in\n", 3);
    write(1, "out\n", 4);
    close(fd);
}

int main(void) {
    if (fork() == 0) { turn(); _exit(0); }
    turn();
    wait(NULL);
}
