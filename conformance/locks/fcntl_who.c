// F_GETLK tells who stands in the way, if somebody does.
// outcome: free => ok
// outcome: child => ok
// source: argument; fcntl(2), F_GETLK
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct flock all = {F_WRLCK, SEEK_SET, 0, 0}, asked = all;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    pid_t child = fork();
    if (child == 0) { fcntl(file, F_SETLK, &all); _exit(0); }
    fcntl(file, F_GETLK, &asked);
    puts(asked.l_type == F_UNLCK ? "free" : asked.l_pid == child ? "child" : "?");
    wait(NULL);
}
