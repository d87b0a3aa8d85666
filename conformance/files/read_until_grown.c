// A reader reads a file again and again, with naps, until a line is in it.
// outcome: x => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int fd = open("log", O_CREAT | O_RDWR, 0644);
    if (fork() == 0) { int log = open("log", O_WRONLY | O_APPEND); write(log, "x\n", 2); _exit(0); }
    char text[2];
    while (read(fd, text, 2) != 2) usleep(1000);
    write(1, text, 2);
    wait(NULL);
}
