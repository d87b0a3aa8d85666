// A child makes a program, and a link to it by its whole path, and executes that; its parent goes on when that has closed a pipe.
// outcome: executed | parent => ok
// outcome: parent | executed => ok
// source: execve(2) closes what is close-on-exec; symlink(7): a link is followed as the process sees the file system
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count > 1) {
        puts("executed");
        return 0;
    }
    int ends[2];
    char byte, path[4200];
    pipe2(ends, O_CLOEXEC);
    if (fork() == 0) {
        int from = open("/proc/self/exe", O_RDONLY), to = open("copy", O_CREAT | O_WRONLY, 0755), length;
        char bytes[4096];
        while ((length = read(from, bytes, sizeof bytes)) > 0) write(to, bytes, length);
        close(to);
        getcwd(path, 4096);
        symlink(strcat(path, "/copy"), "link");
        execl("./link", "link", "again", NULL);
        _exit(1);
    }
    close(ends[1]);
    read(ends[0], &byte, 1);
    puts("parent");
    fflush(stdout);
    wait(NULL);
}
