// The working directory is each process's own: the child's chdir(2) does not move its parent.
// outcome: made => ok
// source: fork(2), chdir(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    mkdir("dir", 0700);
    pid_t child = fork();
    if (child == 0) { chdir("dir"); _exit(0); }
    close(open("file", O_CREAT | O_WRONLY, 0600));
    waitpid(child, NULL, 0);
    if (access("file", F_OK) == 0) puts("made");
}
