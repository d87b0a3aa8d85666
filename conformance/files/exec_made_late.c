// A program is executed that another process is about to put into place.
// outcome: missing => ok
// outcome: ran => ok
// source: argument; execve(2)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 1) return write(1, "ran\n", 4) != 4;
    char buffer[1 << 16];
    int from = open("/proc/self/exe", O_RDONLY), to = open("new", O_CREAT | O_WRONLY, 0755);
    for (int n; (n = read(from, buffer, sizeof buffer)) > 0;) write(to, buffer, n);
    close(to);
    if (fork() == 0) {
        execl("./copy", "copy", "again", NULL);
        write(1, errno == ENOENT ? "missing\n" : "other\n", errno == ENOENT ? 8 : 6);
        _exit(0);
    }
    rename("new", "copy");
    wait(NULL);
}
