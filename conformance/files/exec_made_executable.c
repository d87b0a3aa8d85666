// A script is executed while another process makes it executable.
// outcome: refused => ok
// outcome: ran ./script => ok
// source: argument; execve(2)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int to = open("script", O_CREAT | O_WRONLY, 0644);
    write(to, "#!/bin/echo ran\n", 16);
    close(to);
    if (fork() == 0) {
        execl("./script", "script", NULL);
        write(1, errno == EACCES ? "refused\n" : "other\n", errno == EACCES ? 8 : 6);
        _exit(0);
    }
    chmod("script", 0755);
    wait(NULL);
}
